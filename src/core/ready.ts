import { createHeap } from './heap.ts';
import type { OrderKey } from './playbook.ts';
import { type ReadyEntry, type State, taskOf } from './state.ts';
import type { Task } from './task.ts';

/** Puts a ready task into the dispatch order (or gives it a new place in it). */
export function enqueue(state: State, task: Task): void {
  const version = (state.index.rank.get(task.id) ?? 0) + 1;
  state.index.rank.set(task.id, version);
  state.index.ready.push({ id: task.id, version, rank: rankOf(state, task) });
}

/** Takes a task out of the order: its entries go stale. */
export function withdraw(state: State, task: Task): void {
  state.index.rank.set(task.id, (state.index.rank.get(task.id) ?? 0) + 1);
}

/**
 * The first ready task that nothing holds back. `obstacle` names what a task has to wait for; such a task is set aside
 * under that name and looked at again only after `release`, one at a time, so a crowd that waits costs nothing: what one
 * of them has to wait for, all of them have to.
 */
export function takeReady(state: State, obstacle: (task: Task) => string | null): Task | null {
  for (let entry = popBest(state); entry !== null; entry = popBest(state)) {
    if (state.index.rank.get(entry.id) !== entry.version || !state.tasks.has(entry.id)) continue;
    const task = taskOf(state, entry.id);
    if (task.status !== 'ready') continue;
    const name = obstacle(task);
    if (name === null) return task;
    const waiters = state.index.waiters.get(name) ?? createHeap(compareEntries);
    state.index.waiters.set(name, waiters);
    waiters.push(entry);
    state.index.free.delete(name);
  }
  return null;
}

/** Lets the tasks that were set aside under `name` compete again, best first. */
export function release(state: State, name: string): void {
  if (state.index.waiters.has(name)) state.index.free.add(name);
}

/** Everything set aside competes again: a new run may select other tasks. */
export function releaseAll(state: State): void {
  const { ready, waiters, free } = state.index;
  for (const heap of waiters.values()) {
    for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) ready.push(entry);
  }
  waiters.clear();
  free.clear();
}

/** The best entry of the order and of what was released. */
function popBest(state: State): ReadyEntry | null {
  const { index } = state;
  let best = index.ready.peek();
  let from = best === undefined ? null : index.ready;
  for (const name of index.free) {
    const heap = index.waiters.get(name);
    const top = heap?.peek();
    if (heap === undefined || top === undefined) {
      index.waiters.delete(name);
      index.free.delete(name);
    } else if (best === undefined || compareEntries(top, best) < 0) {
      best = top;
      from = heap;
    }
  }
  return from?.pop() ?? null;
}

export function compareEntries(a: ReadyEntry, b: ReadyEntry): number {
  for (let i = 0; i < a.rank.length; i += 1) {
    const left = a.rank[i] ?? 0;
    const right = b.rank[i] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * The dispatch order as numbers, smaller first. Ahead of the playbook's keys stand two rules that hold for all: what a
 * person put last is last, and a task that was begun goes before one that was not (the seeds retry before they pick).
 */
function rankOf(state: State, task: Task): readonly (number | string)[] {
  const keys = state.playbook.admission.order.map((key) => keyOf(state, task, key));
  return [Number(task.isLast), Number(task.fence === 0), ...keys, task.fact.order];
}

function keyOf(state: State, task: Task, key: OrderKey): number | string {
  switch (key) {
    case 'priority':
      return task.fact.priority;
    case 'critical-path':
      return -task.depth;
    case 'document':
      return task.fact.order;
    case 'nearest-done':
      return -task.stage;
    case 'blockers':
      return state.index.blockers.has(task.id) ? 0 : 1;
    case 'current-parent':
      return task.fact.parent !== null && task.fact.parent === state.run.currentParent ? 0 : 1;
    case 'id':
      return task.id;
  }
}

/** The reason for the place in the order, for people (E5: order is a policy with a stated reason). */
export function orderReason(state: State, task: Task): string {
  if (task.fence > 0) return 'it was begun before';
  const parts = state.playbook.admission.order.map((key) => `${key} ${describe(state, task, key)}`);
  return parts.join(', then ');
}

function describe(state: State, task: Task, key: OrderKey): string {
  switch (key) {
    case 'critical-path':
      return `(${task.depth} in the longest chain that waits for it)`;
    case 'nearest-done':
      return `(stage ${task.stage + 1})`;
    case 'document':
      return `(place ${task.fact.order + 1})`;
    default:
      return `(${keyOf(state, task, key)})`;
  }
}

/** Ready tasks in the order in which they would be dispatched. Looks at every task: for people. */
export function readyInOrder(state: State): readonly string[] {
  const ready = [...state.tasks.values()].filter((task) => task.status === 'ready');
  const entries = ready.map((task) => ({ id: task.id, version: 0, rank: rankOf(state, task) }));
  return entries.sort(compareEntries).map((entry) => entry.id);
}
