import type { TaskId } from '../../../core/fact.ts';
import type { Playbook, Stage, Way } from '../../../core/playbook.ts';
import type { GroupRow } from '../../../core/rows.ts';
import type { State } from '../../../core/state.ts';
import type { Task } from '../../../core/task.ts';

/**
 * The rules said a second time, as plainly as possible and without a counter or an index: every question is answered by
 * looking at all rows. What the core keeps up to date by differences is compared with this.
 */
export function naiveWay(playbook: Playbook, task: Task): Way | undefined {
  return playbook.ways[task.way];
}

export function naiveStage(playbook: Playbook, task: Task): Stage | undefined {
  return naiveWay(playbook, task)?.stages[task.stage];
}

export function isContainer(playbook: Playbook, task: Task): boolean {
  return naiveWay(playbook, task)?.container === true;
}

export function childrenOf(state: State, id: TaskId): readonly Task[] {
  return [...state.tasks.values()].filter((task) => task.fact.parent === id);
}

export function naiveDependencies(state: State, task: Task): ReadonlySet<TaskId> {
  const found = new Set(task.fact.dependsOn);
  const seen = new Set([task.id]);
  for (let id = task.fact.parent; id !== null && !seen.has(id); id = state.tasks.get(id)?.fact.parent ?? null) {
    seen.add(id);
    for (const inherited of state.tasks.get(id)?.fact.dependsOn ?? []) found.add(inherited);
  }
  if (isContainer(state.playbook, task)) for (const child of childrenOf(state, task.id)) found.add(child.id);
  found.delete(task.id);
  return found;
}

export function isHeld(task: Task): boolean {
  if (task.status === 'waiting') return task.heldDeps > 0;
  return ['failed', 'blocked', 'escalated', 'cancelled'].includes(task.status);
}

export function isSettled(task: Task): boolean {
  return task.status === 'done' || isHeld(task);
}

function isGone(task: Task): boolean {
  return task.override === 'gone';
}

/** Names of the barriers a task belongs to, as `kind:name`. */
function naiveBarriers(state: State, task: Task): readonly string[] {
  const { admission } = state.playbook;
  const { activePhase } = state.run;
  if (isGone(task) || isContainer(state.playbook, task)) return [];
  if (activePhase !== null && task.fact.phase !== activePhase) return [];
  const names: string[] = [];
  if (admission.phases.by !== 'none' && task.fact.phase !== null) names.push(`phase:${task.fact.phase}`);
  if (admission.unit !== 'task' && task.group !== null) names.push(`${admission.unit}:${task.group}`);
  return names;
}

export function membersOf(state: State, group: GroupRow): readonly Task[] {
  const key = `${group.kind}:${group.name}`;
  return [...state.tasks.values()].filter((task) => naiveBarriers(state, task).includes(key));
}

/** What a `waiting` task waits for, as `code on`. */
export function naiveWaits(state: State, task: Task): readonly string[] {
  const found: string[] = [];
  if (isContainer(state.playbook, task)) found.push('container');
  for (const id of naiveDependencies(state, task)) {
    const dependency = state.tasks.get(id);
    if (dependency === undefined) found.push(`missing-dependency ${id}`);
    else if (dependency.status !== 'done') found.push(`dependency ${id}`);
  }
  const { activePhase } = state.run;
  if (activePhase !== null && task.fact.phase !== activePhase) found.push('inactive-phase');
  for (const key of naiveBarriers(state, task)) {
    const group = state.groups.get(key);
    if (group !== undefined && group.kind !== 'wave' && group.status === 'pending')
      found.push(`${group.kind} ${group.name}`);
  }
  return found;
}

/** What a task needs that others have, as `code on`. */
export function naiveObstacles(state: State, task: Task): readonly string[] {
  const { run, playbook } = state;
  const found: string[] = [];
  if (run.only !== null && !run.only.includes(task.id)) found.push('selection');
  if (playbook.admission.unit === 'wave' && !state.groups.has(`wave:${task.group}`)) found.push('wave');
  if (task.cleanup !== null) found.push(`cleanup ${task.id}`);
  const stage = naiveStage(playbook, task);
  const cap = stage === undefined ? undefined : playbook.admission.caps[stage.name];
  if (stage !== undefined && cap !== undefined) {
    const there = [...state.tasks.values()].filter((other) => isAt(state, other, stage.name));
    if (there.length >= cap && !there.includes(task)) found.push(`cap ${stage.name}`);
  }
  if (stage?.do === 'agent') {
    const agent = task.next.agent ?? stage.agent ?? 'default';
    if ((run.parks[agent] ?? 0) > run.now) found.push(`park ${agent}`);
  }
  for (const name of naiveResources(playbook, task)) {
    const holder = [...state.tasks.values()].find((other) => other.holds.includes(name) && other.id !== task.id);
    if (holder !== undefined) found.push(`resource ${name}`);
  }
  return found;
}

/** In progress, says the ledger, and waiting for nothing but its turn or a person. */
export function isResting(state: State, task: Task): boolean {
  const statuses = ['ready', 'failed', 'blocked', 'escalated', 'cancelled'];
  const isLeftOut = state.playbook.admission.unit === 'wave' && task.group === null && task.status === 'ready';
  return statuses.includes(task.status) && task.recorded?.word === 'active' && !isLeftOut;
}

/** In that stage's place in the ledger, or at the stage where it has none, begun and not ended. */
function isAt(state: State, task: Task, stage: string): boolean {
  if (task.flight === null && !isResting(state, task)) return false;
  if (Object.hasOwn(state.playbook.ledger.places, stage)) return task.recorded?.place === stage;
  return naiveStage(state.playbook, task)?.name === stage;
}

function naiveResources(playbook: Playbook, { fact, id }: Task): readonly string[] {
  const fill = (template: string, branch: string): string =>
    template
      .replaceAll('{repo}', fact.repo ?? '')
      .replaceAll('{id}', id)
      .replaceAll('{branch}', branch);
  const branch = fact.branch ?? fill(playbook.workspace.branch, '');
  return playbook.admission.exclusive.map((template) => fill(template, branch));
}

export function inUse(state: State): number {
  return [...state.tasks.values()].filter((task) => task.flight !== null && task.queuedAt === null).length;
}

export function limitOf(state: State): number {
  return state.run.limit ?? state.playbook.admission.limit;
}

export function isOverBudget({ playbook, run }: State): boolean {
  const { budgetTokens, budgetUsd } = playbook.limits;
  return (budgetTokens !== null && run.tokens >= budgetTokens) || (budgetUsd !== null && run.costUsd >= budgetUsd);
}

export function lacksPreflight({ playbook, run }: State): boolean {
  const { preflight, recheckMs } = playbook.steps;
  const { passedAt } = run.preflight;
  return preflight.length > 0 && (passedAt === null || run.now - passedAt >= recheckMs);
}

/** Why nothing at all is started, as a reason's code. */
export function naiveGlobal({ run }: State): string | null {
  if (run.status === 'paused') return 'paused';
  if (run.status !== 'running') return 'not-running';
  if (run.halt !== null) return 'halted';
  return run.brokenLedger === null ? null : 'ledger-broken';
}
