import type { TaskId } from './fact.ts';
import { findTask, groupKey, type State } from './state.ts';
import { HELD_UP, type Task } from './task.ts';

/** Why a run that is not done cannot go on (E10). */
export interface DeadlockCause {
  /** Members of one cycle, in order; null: there is none. */
  readonly cycle: readonly TaskId[] | null;
  /** Failed, blocked, escalated and cancelled tasks that hold others: the smallest set whose release frees all. */
  readonly release: readonly TaskId[];
  /** Tasks that wait. */
  readonly waiting: readonly TaskId[];
  readonly text: string;
}

/** Looks at every task once; asked only when a run has ended, or by a person. null: nothing waits. */
export function deadlockCause(state: State): DeadlockCause | null {
  const waiting = [...state.tasks.values()].filter((task) => task.status === 'waiting');
  const held = [...state.tasks.values()].filter((task) => HELD_UP.has(task.status));
  if (waiting.length === 0 && held.length === 0) return null;
  const cycle = findCycle(state, waiting);
  const release = held.filter((task) => holdsOthers(state, task)).map((task) => task.id);
  const stuck = release.length > 0 ? release : held.filter((task) => task.status === 'blocked').map((task) => task.id);
  return {
    cycle,
    release: stuck,
    waiting: waiting.map((task) => task.id),
    text: sentence(state, cycle, stuck, waiting.length),
  };
}

/** A waiting task depends on it, or its phase or group cannot pass because of it. */
function holdsOthers(state: State, task: Task): boolean {
  for (const id of state.index.dependents.get(task.id) ?? []) {
    if (findTask(state, id)?.status === 'waiting') return true;
  }
  const { phase } = task.fact;
  if (state.playbook.admission.phases.by !== 'none' && phase !== null && pendingAfter(state, 'phase', phase))
    return true;
  const { unit, barrier } = state.playbook.admission;
  return unit === 'group' && barrier === 'done' && task.group !== null && pendingAfter(state, 'group', task.group);
}

function pendingAfter(state: State, kind: 'phase' | 'group', name: string): boolean {
  const own = state.groups.get(groupKey(kind, name));
  if (own === undefined || own.status === 'passed') return false;
  for (const other of state.groups.values()) {
    if (other.kind === kind && other.index > own.index && other.undone > 0) return true;
  }
  return false;
}

/** Depth first over waiting tasks that nothing outside holds up; the first way back into the path is a cycle. */
function findCycle(state: State, waiting: readonly Task[]): readonly TaskId[] | null {
  const seen = new Set<TaskId>();
  for (const start of waiting) {
    const path: TaskId[] = [];
    const onPath = new Set<TaskId>();
    const work: { readonly id: TaskId; readonly leave: boolean }[] = [{ id: start.id, leave: false }];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      if (next.leave) {
        onPath.delete(next.id);
        path.pop();
        continue;
      }
      if (onPath.has(next.id)) return path.slice(path.indexOf(next.id));
      if (seen.has(next.id)) continue;
      seen.add(next.id);
      onPath.add(next.id);
      path.push(next.id);
      work.push({ id: next.id, leave: true });
      for (const id of state.index.dependencies.get(next.id) ?? []) {
        if (findTask(state, id)?.status === 'waiting') work.push({ id, leave: false });
      }
    }
  }
  return null;
}

function sentence(state: State, cycle: readonly TaskId[] | null, release: readonly TaskId[], waiting: number): string {
  if (cycle !== null) return `these tasks depend on each other in a circle: ${[...cycle, cycle[0]].join(' -> ')}`;
  const named = release.map((id) => {
    const task = findTask(state, id);
    return `${id} (${task?.status}${task?.failure ? `: ${task.failure.text}` : ''})`;
  });
  if (waiting === 0) return `nothing else can run; held up: ${named.join(', ')}`;
  return `${waiting} ${waiting === 1 ? 'task waits' : 'tasks wait'} for ${named.join(', ')}`;
}
