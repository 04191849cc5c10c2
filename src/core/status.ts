import { enqueue, withdraw } from './ready.ts';
import { groupKey, type State, taskOf, touch, wayOf } from './state.ts';
import { HELD_UP, type Task, type TaskStatus } from './task.ts';

/**
 * The one way a task's status, flight or counters change: whatever follows from it for its dependents, its barriers and
 * the ready queue is brought up to date here, by differences, so that the work grows with what changed (E5, E11).
 */
export function change(state: State, task: Task, mutate: (task: Task) => void): void {
  const work: { readonly task: Task; readonly mutate: (task: Task) => void }[] = [{ task, mutate }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const before = facets(next.task);
    next.mutate(next.task);
    refresh(state, next.task);
    const after = facets(next.task);
    touch(state, next.task);
    account(state, next.task, before, after);
    const open = Number(before.isDone) - Number(after.isDone);
    const held = Number(after.isHeld) - Number(before.isHeld);
    if (open === 0 && held === 0) continue;
    for (const id of state.index.dependents.get(next.task.id) ?? []) {
      work.push({
        task: taskOf(state, id),
        mutate: (dependent) => {
          dependent.openDeps += open;
          dependent.heldDeps += held;
        },
      });
    }
  }
}

export function setStatus(state: State, task: Task, status: TaskStatus): void {
  change(state, task, (changed) => {
    changed.status = status;
  });
}

/** A task that keeps its dependents from ever starting, by itself or because it is held up in turn. */
export function isHeldUp(task: Task): boolean {
  return HELD_UP.has(task.status) || (task.status === 'waiting' && task.heldDeps > 0);
}

/**
 * The ledger says it is in progress, and nothing of it is in flight: its entry stands where its stage is (K3). One that
 * has to wait again, because a person made it (a dependency, another wave), must not keep others out of that place.
 */
export function isResting(state: State, task: Task): boolean {
  const isOutOfWave = state.playbook.admission.unit === 'wave' && task.group === null;
  const isIdle = HELD_UP.has(task.status) || (task.status === 'ready' && !isOutOfWave);
  return isIdle && task.recorded?.word === 'active';
}

/** It was begun, and something it needs has gone since: a person gave it a dependency, moved its phase, left it out. */
export function isStranded(state: State, task: Task): boolean {
  if (task.flight !== null || task.holds.length === 0) return false;
  const isOutOfWave = state.playbook.admission.unit === 'wave' && task.group === null;
  return task.status === 'waiting' || (task.status === 'ready' && isOutOfWave);
}

/** Nothing but a slot, a resource, a park or a pause is in the way. */
function isOpen(state: State, task: Task): boolean {
  return task.openDeps === 0 && !wayOf(state, task).container && closedBarriers(state, task).length === 0;
}

/** Keys of the barriers that keep the task back; `active` when another phase is the active one (P2). */
export function closedBarriers(state: State, task: Task): readonly string[] {
  const closed: string[] = [];
  const { activePhase } = state.run;
  if (activePhase !== null && task.fact.phase !== activePhase) closed.push('active');
  for (const key of barriersOf(state, task)) {
    const group = state.groups.get(key);
    if (group !== undefined && group.kind !== 'wave' && group.status === 'pending') closed.push(key);
  }
  return closed;
}

/** Keys of the barriers the task belongs to. Containers belong to none: their children do. */
export function barriersOf(state: State, task: Task): readonly string[] {
  const { admission } = state.playbook;
  const { activePhase } = state.run;
  // What will not run must not hold what may (P2).
  const isOut = task.override === 'gone' || (activePhase !== null && task.fact.phase !== activePhase);
  if (isOut || wayOf(state, task).container) return [];
  const keys: string[] = [];
  if (admission.phases.by !== 'none' && task.fact.phase !== null) keys.push(groupKey('phase', task.fact.phase));
  if (task.group !== null && admission.unit !== 'task') keys.push(groupKey(admission.unit, task.group));
  return keys;
}

interface Facets {
  readonly status: TaskStatus;
  readonly isDone: boolean;
  readonly isHeld: boolean;
  readonly isFlying: boolean;
}

function facets(task: Task): Facets {
  return {
    status: task.status,
    isDone: task.status === 'done',
    isHeld: isHeldUp(task),
    isFlying: task.flight !== null,
  };
}

function refresh(state: State, task: Task): void {
  if (task.status !== 'waiting' && task.status !== 'ready') return;
  task.status = isOpen(state, task) ? 'ready' : 'waiting';
}

function account(state: State, task: Task, before: Facets, after: Facets): void {
  const { index } = state;
  if (before.status !== after.status) {
    index.counts[before.status] -= 1;
    index.counts[after.status] += 1;
    if (after.status === 'ready') enqueue(state, task);
    if (before.status === 'ready') withdraw(state, task);
  }
  if (before.isFlying !== after.isFlying) {
    if (after.isFlying) index.inFlight.add(task.id);
    else index.inFlight.delete(task.id);
  }
  if (isStranded(state, task)) index.stranded.add(task.id);
  if (isResting(state, task)) index.resting.add(task.id);
  else index.resting.delete(task.id);
  if (after.isDone && !before.isDone) for (const id of index.blockers.get(task.id) ?? []) index.wakes.add(id);
  if (after.status === 'blocked' && before.status !== 'blocked') index.wakes.add(task.id);
  if (task.openDeps === 0 && task.status === 'waiting' && wayOf(state, task).container) index.closable.add(task.id);
  const unsettled = Number(before.isDone || before.isHeld) - Number(after.isDone || after.isHeld);
  const undone = Number(before.isDone) - Number(after.isDone);
  for (const key of barriersOf(state, task)) {
    const group = state.groups.get(key);
    if (group === undefined || !state.index.members.get(key)?.has(task.id)) continue;
    index.dirty.add(key);
    if (unsettled === 0 && undone === 0) continue;
    group.unsettled += unsettled;
    group.undone += undone;
    state.touched.groups.add(key);
  }
}
