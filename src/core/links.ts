import type { TaskId } from './fact.ts';
import { enqueue } from './ready.ts';
import { findTask, type State, wayOf } from './state.ts';
import { change, isHeldUp } from './status.ts';
import type { Task } from './task.ts';

/**
 * Effective dependencies: what the task names, what its ancestors name (a task of a blocked feature is blocked), and for
 * a container its children, since it is done when they are (C2).
 */
function effectiveDependencies(state: State, task: Task): readonly TaskId[] {
  const found = new Set<TaskId>(task.fact.dependsOn);
  const seen = new Set<TaskId>([task.id]);
  for (let parent = task.fact.parent; parent !== null && !seen.has(parent); ) {
    seen.add(parent);
    const container = findTask(state, parent);
    for (const id of container?.fact.dependsOn ?? []) found.add(id);
    parent = container?.fact.parent ?? null;
  }
  if (wayOf(state, task).container) for (const id of state.index.children.get(task.id) ?? []) found.add(id);
  found.delete(task.id);
  return [...found];
}

/** Puts the task under its parent. */
export function adopt(state: State, task: Task): void {
  if (task.fact.parent === null) return;
  const siblings = state.index.children.get(task.fact.parent) ?? new Set();
  state.index.children.set(task.fact.parent, siblings.add(task.id));
}

/** What inherits from a task: its children, theirs, and so on. */
export function descendants(state: State, id: TaskId): ReadonlySet<TaskId> {
  const found = new Set<TaskId>();
  const work = [...(state.index.children.get(id) ?? [])];
  for (let child = work.pop(); child !== undefined; child = work.pop()) {
    if (found.has(child)) continue;
    found.add(child);
    work.push(...(state.index.children.get(child) ?? []));
  }
  return found;
}

/** Draws the edges of a task anew. Counters are not touched: `recount` does that once all edges stand. */
export function drawEdges(state: State, task: Task): void {
  eraseEdges(state, task.id);
  const dependencies = effectiveDependencies(state, task);
  state.index.dependencies.set(task.id, dependencies);
  for (const id of dependencies) {
    const dependents = state.index.dependents.get(id) ?? new Set();
    state.index.dependents.set(id, dependents.add(task.id));
  }
}

export function eraseEdges(state: State, id: TaskId): void {
  for (const dependency of state.index.dependencies.get(id) ?? []) {
    state.index.dependents.get(dependency)?.delete(id);
  }
  state.index.dependencies.delete(id);
}

/** Counts the open and the held dependencies of a task from its edges. */
export function recount(state: State, task: Task): void {
  let open = 0;
  let held = 0;
  for (const id of state.index.dependencies.get(task.id) ?? []) {
    const dependency = findTask(state, id);
    if (dependency?.status !== 'done') open += 1;
    if (dependency !== undefined && isHeldUp(dependency)) held += 1;
  }
  change(state, task, (changed) => {
    changed.openDeps = open;
    changed.heldDeps = held;
  });
}

/**
 * Longest chain of dependents, for the tasks named and all upstream of them: Kahn's order over that part of the graph,
 * so that each task is computed once. Completions never change it (DESIGN trap 14). Members of a cycle keep their value.
 */
export function recomputeDepth(state: State, from: Iterable<TaskId>): void {
  const affected = upstream(state, from);
  const open = new Map<TaskId, number>();
  const queue: TaskId[] = [];
  for (const id of affected) {
    let inside = 0;
    for (const dependent of state.index.dependents.get(id) ?? []) if (affected.has(dependent)) inside += 1;
    open.set(id, inside);
    if (inside === 0) queue.push(id);
  }
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at];
    if (id === undefined) break;
    setDepth(state, id);
    for (const dependency of state.index.dependencies.get(id) ?? []) {
      const left = (open.get(dependency) ?? 0) - 1;
      open.set(dependency, left);
      if (left === 0) queue.push(dependency);
    }
  }
}

function upstream(state: State, from: Iterable<TaskId>): ReadonlySet<TaskId> {
  const found = new Set<TaskId>();
  const work = [...from];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    for (const dependency of state.index.dependencies.get(id) ?? []) work.push(dependency);
  }
  return found;
}

function setDepth(state: State, id: TaskId): void {
  const task = findTask(state, id);
  if (task === undefined) return;
  let depth = 0;
  for (const dependent of state.index.dependents.get(id) ?? []) {
    const found = findTask(state, dependent);
    if (found !== undefined && !wayOf(state, found).container) depth = Math.max(depth, found.depth + 1);
  }
  if (task.depth === depth) return;
  change(state, task, (changed) => {
    changed.depth = depth;
  });
  if (task.status === 'ready') enqueue(state, task);
}
