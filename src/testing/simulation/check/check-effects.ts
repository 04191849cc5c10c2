import type { StepResult } from '../../../core/step.ts';
import { type Life, require } from '../life.ts';
import type { Before } from './before.ts';

/** E2, E3: keys are used once, fences only rise, and everything outstanding is somebody's. */
export function checkEffects(life: Life, old: Before, { effects }: StepResult): void {
  const { state, memory } = life;
  for (const { key } of effects) {
    require(life, !memory.keys.has(key), 'E2', () => `the key ${key} was used before`);
    memory.keys.add(key);
  }
  for (const task of state.tasks.values()) {
    const highest = memory.fences.get(task.id) ?? 0;
    require(life, task.fence >= highest, 'E3', () => `the fence of ${task.id} fell from ${highest} to ${task.fence}`);
    memory.fences.set(task.id, task.fence);
    for (const key of [task.flight, task.cleanup]) {
      require(life, key === null || state.effects.has(key), 'E2', () =>
        `${task.id} waits for ${key}, which is not outstanding`);
    }
    const isMoving = task.status === 'running' || task.status === 'gating';
    require(life, !isMoving || task.flight !== null || isStuck(life), 'status', () =>
      `${task.id} is ${task.status} and waits for nothing`);
    require(life, task.flight === null || task.status !== 'ready', 'status', () =>
      `${task.id} is ready while ${task.flight} is in flight`);
    require(life, task.flight === null || task.status !== 'waiting', 'status', () =>
      `${task.id} waits while ${task.flight} is in flight`);
  }
  checkOwners(life);
  checkStale(life, old);
}

function isStuck(life: Life): boolean {
  return life.state.run.halt !== null;
}

function checkOwners(life: Life): void {
  const { state } = life;
  for (const effect of state.effects.values()) {
    if (effect.kind === 'step') continue;
    const task = state.tasks.get(effect.task);
    const isAwaited = task?.flight === effect.key || task?.cleanup === effect.key;
    // A workspace that is put away twice: the first time does not count.
    require(life, isAwaited || effect.kind === 'cleanup', 'E2', () => `nobody waits for ${effect.key}`);
  }
}

/** Nothing that ended is outstanding again. */
function checkStale(life: Life, old: Before): void {
  for (const key of life.state.effects.keys()) {
    require(life, old.effects.has(key) || life.memory.keys.has(key), 'E3', () =>
      `${key} is outstanding and was never decided`);
  }
}
