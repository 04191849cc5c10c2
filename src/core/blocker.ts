import { rest } from './flow.ts';
import { enqueue } from './ready.ts';
import { escalate, settle } from './settle.ts';
import { findTask, note, type State, touch } from './state.ts';
import type { Task } from './task.ts';

/**
 * A worker met something that must be done first (T7, C7). No attempt is spent; the row stays in progress. When it named
 * tasks, it goes on by itself once they are done; otherwise a person releases it.
 */
export function block(state: State, task: Task, text: string, by: readonly string[]): void {
  task.free.blocker += 1;
  if (task.free.blocker > state.playbook.retry.bounds.blocker) {
    escalate(state, task, `it named a blocker ${task.free.blocker} times; the last one: ${text}`);
    return;
  }
  task.hold = { why: 'blocker', text, by };
  task.note = `blocked: ${text}`;
  task.next.session = 'same';
  note(state, task.id, 'blocked', `${task.id} is blocked: ${text}`);
  indexBlocker(state, task);
  settle(state, task, { status: 'blocked', workspace: 'keep' });
}

export function indexBlocker(state: State, task: Task): void {
  if (task.hold?.why !== 'blocker') return;
  for (const id of task.hold.by) {
    const waiting = state.index.blockers.get(id) ?? new Set();
    state.index.blockers.set(id, waiting.add(task.id));
    rankAgain(state, id);
  }
}

/** Its hold is about to go: nobody waits for what it named on its account. */
export function unindexBlocker(state: State, task: Task): void {
  if (task.hold?.why !== 'blocker') return;
  for (const id of task.hold.by) {
    const waiting = state.index.blockers.get(id);
    if (waiting?.delete(task.id) !== true || waiting.size > 0) continue;
    state.index.blockers.delete(id);
    rankAgain(state, id);
  }
}

/** C7: a task that others are blocked by goes first. */
function rankAgain(state: State, id: string): void {
  const blocker = findTask(state, id);
  if (blocker?.status === 'ready') enqueue(state, blocker);
}

/** Blocked tasks go on by themselves once all that they named is done, skipped ones included. */
export function wakeBlocked(state: State): void {
  for (const id of [...state.index.wakes].sort()) {
    state.index.wakes.delete(id);
    const task = findTask(state, id);
    if (task?.hold?.why !== 'blocker' || task.status !== 'blocked' || task.hold.by.length === 0) continue;
    if (task.hold.by.every((blocker) => findTask(state, blocker)?.status === 'done')) unblock(state, task);
  }
}

/** Frees a blocked task: what it knew stays, and it goes on where it was. */
export function unblock(state: State, task: Task): void {
  unindexBlocker(state, task);
  task.hold = null;
  touch(state, task);
  note(state, task.id, 'released', `${task.id} is released`);
  rest(state, task);
}
