import { fly, landFlight } from './emit.ts';
import { findTask, invariant, note, type State, stageOf, touch } from './state.ts';
import type { Task } from './task.ts';

/**
 * The merge queue of the base branch: one candidate at a time, oldest first (M2 `serial`). A candidate is the merge of
 * a task's commit and the base, built beside both; only after its gates passed is the base moved to it, by
 * compare-and-swap (M4). A conflict goes back to an agent and the queue goes on with the next (M3).
 */
export function enterQueue(state: State, task: Task): void {
  task.queuedAt = state.run.seq + state.index.queue.length / 1_000_000;
  touch(state, task);
  state.index.queue.push(task.id);
  landFlight(state, task);
  note(state, task.id, 'queued', `${task.id} is number ${state.index.queue.length} in the merge queue`);
}

/** Out of the queue: landed, thrown out, or ended by a person. */
export function leaveQueue(state: State, task: Task): void {
  const at = state.index.queue.indexOf(task.id);
  if (at >= 0) state.index.queue.splice(at, 1);
  task.queuedAt = null;
  task.candidate = null;
  touch(state, task);
}

/** Lets the head of the queue go on when nothing of the queue is in flight. */
export function pumpQueue(state: State): void {
  const head = state.index.queue[0];
  if (head === undefined || state.run.halt !== null) return;
  const task = findTask(state, head);
  invariant(task !== undefined, `${head} is in the merge queue and does not exist`);
  if (task.flight !== null) return;
  invariant(task.commit !== null, `${head} is in the merge queue without a commit`);
  fly(state, task, { kind: 'candidate', commit: task.commit });
}

/** The candidate stands: gate it, or move the base when the stage has no gates. */
export function gateCandidate(state: State, task: Task, candidate: string): void {
  task.candidate = candidate;
  const stage = stageOf(state, task);
  invariant(stage?.do === 'land', `${task.id} has a candidate outside a landing`);
  if (stage.gates.length === 0) advanceBase(state, task);
  else fly(state, task, { kind: 'gate', stage: stage.name, commit: candidate, gates: stage.gates });
}

export function advanceBase(state: State, task: Task): void {
  const { commit, candidate } = task;
  invariant(commit !== null && candidate !== null, `${task.id} moves the base without a gated candidate`);
  fly(state, task, { kind: 'advance', commit, candidate });
}

/** The base moved under the candidate: build it anew, within the stage's limit of visits. Says whether it may. */
export function rebuild(state: State, task: Task): boolean {
  const stage = stageOf(state, task);
  invariant(stage !== undefined, `${task.id} rebuilds a candidate after its last stage`);
  task.candidate = null;
  const visits = (task.visits[stage.name] ?? 0) + 1;
  task.visits[stage.name] = visits;
  landFlight(state, task);
  note(state, task.id, 'candidate-stale', `the base moved; the candidate of ${task.id} is built anew`);
  return visits <= stage.visits;
}
