import type { StepResult } from '../../../core/step.ts';
import type { Task } from '../../../core/task.ts';
import { cover } from '../coverage.ts';
import { type Life, require } from '../life.ts';
import type { Before } from './before.ts';
import {
  inUse,
  isContainer,
  isOverBudget,
  lacksPreflight,
  limitOf,
  naiveGlobal,
  naiveObstacles,
  naiveWaits,
} from './naive.ts';

/**
 * E11: the reasons told are exactly those that hold, each judged by itself over all rows. A task for which none holds
 * has started: so making all of them untrue starts it, and leaving one does not.
 */
export function checkExplain(life: Life, old: Before, { entry }: StepResult): void {
  const { state, core } = life;
  const dispatched = new Set(
    (entry?.notes ?? []).filter((note) => note.code === 'dispatched').map((note) => note.task),
  );
  for (const task of state.tasks.values()) {
    const told = core.explain(state, task.id)?.reasons ?? [];
    for (const { code } of told) cover(life.coverage, 'reason', code);
    if (task.status !== 'waiting' && task.status !== 'ready') {
      require(life, told.length === 1, 'E11', () => `${task.id} is ${task.status} and has ${told.length} reasons`);
      continue;
    }
    const named = told.map(({ code, on }) => (WITH_OBJECT.has(code) ? `${code} ${on}` : code)).sort();
    const naive = naiveReasons(life, task).sort();
    require(life, named.join() === naive.join(), 'E11', () =>
      `${task.id} waits for ${naive}, but is told to wait for ${named}`);
    require(life, naive.length > 0, 'E11', () => `nothing keeps ${task.id} from running, and it does not run`);
  }
  for (const id of dispatched) if (id !== null) checkStart(life, old, id);
  const [only, ...rest] = [...dispatched];
  // Whoever starts first may change whose turn is next.
  const isFixed = rest.length === 0 || !state.playbook.admission.order.includes('current-parent');
  for (const id of isFixed ? [only, ...rest] : []) if (id != null) checkOrder(life, old, id);
}

const WITH_OBJECT: ReadonlySet<string> = new Set([
  'dependency',
  'missing-dependency',
  'phase',
  'group',
  'cleanup',
  'cap',
  'park',
  'resource',
]);

function naiveReasons(life: Life, task: Task): string[] {
  const { state } = life;
  const found = [...naiveWaits(state, task), ...naiveObstacles(state, task)];
  const global = naiveGlobal(state);
  if (global !== null) found.push(global);
  if (lacksPreflight(state)) found.push('preflight');
  if (inUse(state) >= limitOf(state)) found.push('limit');
  if (isOverBudget(state)) found.push('budget');
  return found;
}

/** E5: what was started may have been. */
function checkStart(life: Life, old: Before, id: string): void {
  const { state } = life;
  const task = state.tasks.get(id);
  if (task === undefined) return;
  const was = old.tasks.get(id);
  const flight = was?.flight ?? null;
  const isFlying = flight !== null && state.effects.has(flight);
  require(life, !isFlying, 'E5', () => `${id} was started while ${flight} was in flight`);
  require(life, state.run.status === 'running', 'E14', () =>
    `${id} was started although the run is ${state.run.status}`);
  require(life, !isContainer(state.playbook, task), 'C2', () => `the container ${id} was started`);
  const waits = naiveWaits(state, task);
  require(life, waits.length === 0, 'E5', () => `${id} was started although it waits for ${waits}`);
  require(life, inUse(state) <= limitOf(state), 'E5', () =>
    `${inUse(state)} tasks are at work, and ${limitOf(state)} may be`);
  const stopped = naiveGlobal(state) ?? (lacksPreflight(state) ? 'preflight' : null);
  require(life, stopped === null, 'E5', () => `${id} was started although: ${stopped}`);
  const others = naiveObstacles(state, task).filter((code) => !code.startsWith('cap') && !code.startsWith('cleanup'));
  require(life, others.length === 0, 'E5', () => `${id} was started although: ${others}`);
}

/** E5: nothing that only waits for a place comes before it in the playbook's order. */
function checkOrder(life: Life, old: Before, id: string): void {
  const { state } = life;
  const task = state.tasks.get(id);
  if (task === undefined) return;
  for (const other of state.tasks.values()) {
    if (other.status !== 'ready' || naiveReasons(life, other).join() !== 'limit') continue;
    const isEarlier = compare(rank(life, other, old, 0), rank(life, task, old, 1)) < 0;
    require(life, !isEarlier, 'E5', () => `${task.id} was started before ${other.id}, which comes first`);
  }
}

function rank(life: Life, task: Task, old: Before, begun: number): (number | string)[] {
  const { state } = life;
  const isBlocker = [...state.tasks.values()].some(
    (other) => other.hold?.why === 'blocker' && other.hold.by.includes(task.id),
  );
  const keys = state.playbook.admission.order.map((key) => {
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
        return isBlocker ? 0 : 1;
      case 'current-parent':
        return task.fact.parent !== null && task.fact.parent === old.currentParent ? 0 : 1;
      case 'id':
        return task.id;
    }
    return 0;
  });
  return [Number(task.isLast), Number(task.fence === begun), ...keys, task.fact.order];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
