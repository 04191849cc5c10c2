import type { Effect } from './effect.ts';
import { type State, touch } from './state.ts';
import { change } from './status.ts';
import type { Task } from './task.ts';

/** An effect without its key, for one task. */
type Body<E = Effect> = E extends { task: string } ? Omit<E, 'key' | 'task' | 'fence'> : never;
export type TaskEffectBody = Body;

/** Decides an effect the task waits for. Its key is never used again: `task/fence/op-kind`. */
export function fly(state: State, task: Task, body: TaskEffectBody): void {
  const effect = taskEffect(task, body);
  outlive(state, effect);
  change(state, task, (changed) => {
    changed.flight = effect.key;
  });
}

/** Decides the cleanup of a task's workspace, which runs beside whatever the task does next. */
export function flyCleanup(state: State, task: Task, how: { readonly keep: boolean; readonly isDone: boolean }): void {
  const effect = taskEffect(task, { kind: 'cleanup', ...how });
  outlive(state, effect);
  task.cleanup = effect.key;
  touch(state, task);
}

/** The effect in flight has ended: the task waits for nothing. */
export function landFlight(state: State, task: Task): void {
  change(state, task, (changed) => {
    changed.flight = null;
    changed.deadline = null;
  });
}

/** Stores an effect as outstanding. */
export function outlive(state: State, effect: Effect): void {
  state.effects.set(effect.key, effect);
  state.touched.newEffects.set(effect.key, effect);
}

export function endEffect(state: State, key: string): void {
  state.effects.delete(key);
  state.index.stuck.delete(key);
  if (!state.touched.newEffects.delete(key)) state.touched.endedEffects.add(key);
}

function taskEffect(task: Task, body: TaskEffectBody): Effect {
  task.ops += 1;
  return { ...body, key: `${task.id}/${task.fence}/${task.ops}-${body.kind}`, task: task.id, fence: task.fence };
}
