import { rest } from './flow.ts';
import { escalate, settle } from './settle.ts';
import { findTask, note, type State, taskOf, touch } from './state.ts';
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
  settle(state, task, { status: 'blocked', workspace: 'keep' });
  indexBlocker(state, task);
}

export function indexBlocker(state: State, task: Task): void {
  if (task.hold?.why !== 'blocker') return;
  for (const id of task.hold.by) {
    const waiting = state.index.blockers.get(id) ?? new Set();
    state.index.blockers.set(id, waiting.add(task.id));
  }
}

/** A task is done: what was blocked by it alone goes on. */
export function unblockDependents(state: State, done: Task): void {
  const waiting = state.index.blockers.get(done.id);
  if (waiting === undefined) return;
  state.index.blockers.delete(done.id);
  for (const id of waiting) {
    const task = taskOf(state, id);
    if (task.hold?.why !== 'blocker' || task.status !== 'blocked') continue;
    if (task.hold.by.every((blocker) => findTask(state, blocker)?.status === 'done')) unblock(state, task);
  }
}

/** Frees a blocked task: what it knew stays, and it goes on where it was. */
export function unblock(state: State, task: Task): void {
  if (task.hold?.why === 'blocker') for (const id of task.hold.by) state.index.blockers.get(id)?.delete(task.id);
  task.hold = null;
  touch(state, task);
  note(state, task.id, 'released', `${task.id} is released`);
  rest(state, task);
}
