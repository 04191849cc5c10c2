import { unindexBlocker } from './blocker.ts';
import { rest } from './flow.ts';
import { closeItemsOf } from './inbox.ts';
import { descendants, drawEdges, eraseEdges, recomputeDepth, recount } from './links.ts';
import { leaveQueue } from './merge-queue.ts';
import { withdraw } from './ready.ts';
import { freeResources, settle, settleSilently } from './settle.ts';
import { findTask, note, type State, touch, touchRun } from './state.ts';
import type { Task } from './task.ts';

/**
 * A person changed the task's word in the ledger. What they wrote holds (section 4); an attempt in flight was told to
 * end before this is called, and its work is saved like any other.
 */
export function takeOverride(state: State, task: Task): void {
  const word = task.override;
  if (word === null) return;
  note(state, task.id, 'person-set', `a person set ${task.id} to ${word}`);
  closeItemsOf(state, task.id, `the ledger says ${word}`);
  if (task.queuedAt !== null) leaveQueue(state, task);
  unindexBlocker(state, task);
  task.hold = null;
  task.stopping = null;
  task.recorded = null;
  // Settling reads the override: the ledger is not told what a person wrote there.
  switch (word) {
    case 'open':
      task.override = null;
      forget(task);
      rest(state, task);
      return;
    case 'active':
      forget(task);
      task.hold = { why: 'foreign' };
      settle(state, task, { status: 'blocked', workspace: 'keep' });
      break;
    case 'gone':
    case 'cancelled':
      settleSilently(state, task, 'cancelled');
      break;
    case 'done':
    case 'failed':
      settleSilently(state, task, word);
      break;
  }
  task.override = word === 'gone' ? 'gone' : null;
  touch(state, task);
}

/**
 * Starts over: what was counted and learnt about the task's tries is dropped. The fence and the usage stay, and so does
 * what we wrote last: read later, it is not to be taken for a person's word.
 */
export function forget(task: Task): void {
  task.stage = 0;
  task.spent = {};
  task.failures = {};
  task.visits = {};
  task.free = { handoff: 0, park: 0, blocker: 0, lost: 0 };
  task.failure = null;
  task.hold = null;
  task.note = null;
  task.completedAt = null;
  task.isSkipped = false;
  task.commit = null;
  task.landed = null;
}

/** Takes a task whose row is gone out of the state. */
export function remove(state: State, task: Task): void {
  const dependencies = state.index.dependencies.get(task.id) ?? [];
  eraseEdges(state, task.id);
  freeResources(state, task);
  if (task.queuedAt !== null) leaveQueue(state, task);
  unindexBlocker(state, task);
  if (task.fact.parent !== null) state.index.children.get(task.fact.parent)?.delete(task.id);
  for (const members of state.index.members.values()) members.delete(task.id);
  const { index } = state;
  index.counts[task.status] -= 1;
  withdraw(state, task);
  for (const set of [index.inFlight, index.resting, index.closable, index.wakes, index.stranded]) set.delete(task.id);
  state.tasks.delete(task.id);
  if (task.ops > 0) touchRun(state).retired[task.id] = task.fence + 1;
  state.touched.tasks.delete(task.id);
  state.touched.removedTasks.add(task.id);
  for (const id of new Set([...(index.dependents.get(task.id) ?? []), ...descendants(state, task.id)])) {
    const dependent = findTask(state, id);
    if (dependent === undefined) continue;
    drawEdges(state, dependent);
    recount(state, dependent);
  }
  recomputeDepth(state, dependencies);
  note(state, task.id, 'removed', `${task.id} is no longer in the ledger`);
}
