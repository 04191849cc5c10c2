import { indexBlocker } from './blocker.ts';
import { adopt, drawEdges } from './links.ts';
import type { Playbook } from './playbook.ts';
import { compareEntries, enqueue } from './ready.ts';
import type { Snapshot } from './rows.ts';
import { emptyIndex, emptyRun, emptyTouched, groupKey, type State } from './state.ts';
import { barriersOf, isResting } from './status.ts';
import type { Task } from './task.ts';
import { matchWay } from './way.ts';

/** The state of stored rows, with its indexes built. The rows belong to the state from then on. */
export function createState(playbook: Playbook, snapshot: Snapshot): State {
  const state: State = {
    playbook,
    run: snapshot.run ?? emptyRun(),
    tasks: new Map(snapshot.tasks.map((task) => [task.id, task])),
    groups: new Map(snapshot.groups.map((group) => [groupKey(group.kind, group.name), group])),
    inbox: new Map(snapshot.inbox.map((item) => [item.id, item])),
    effects: new Map(snapshot.effects.map((effect) => [effect.key, effect])),
    index: emptyIndex(compareEntries),
    touched: emptyTouched(),
    visited: 0,
  };
  for (const task of snapshot.tasks) fitWay(playbook, task);
  for (const task of snapshot.tasks) adopt(state, task);
  for (const task of snapshot.tasks) drawEdges(state, task);
  for (const task of snapshot.tasks) indexTask(state, task);
  const queued = snapshot.tasks.filter((task) => task.queuedAt !== null);
  queued.sort((a, b) => (a.queuedAt ?? 0) - (b.queuedAt ?? 0));
  state.index.queue.push(...queued.map((task) => task.id));
  return state;
}

/** What a stored row says of a run that was never ended is about a dead one: nothing starts before the next begins. */
export function endDeadRun(state: State): void {
  state.run.status = 'idle';
}

export const EMPTY_SNAPSHOT: Snapshot = { run: null, tasks: [], groups: [], inbox: [], effects: [] };

/** A playbook may have changed between runs: a task that stands where there is nothing any more starts its way anew. */
function fitWay(playbook: Playbook, task: Task): void {
  const way = playbook.ways[task.way];
  if (way !== undefined && task.stage <= way.stages.length) return;
  task.way = matchWay(playbook, task.fact);
  task.stage = 0;
}

function indexTask(state: State, task: Task): void {
  const { index } = state;
  index.counts[task.status] += 1;
  if (task.flight !== null) index.inFlight.add(task.id);
  if (task.status === 'ready') enqueue(state, task);
  if (isResting(state, task)) index.resting.add(task.id);
  if (task.status === 'waiting' && task.openDeps === 0) index.closable.add(task.id);
  for (const name of task.holds) index.held.set(name, task.id);
  for (const key of barriersOf(state, task)) {
    const members = index.members.get(key) ?? new Set();
    index.members.set(key, members.add(task.id));
  }
  indexBlocker(state, task);
}
