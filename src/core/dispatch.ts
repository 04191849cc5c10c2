import { joinBarriers, newGroup } from './barrier.ts';
import { flyCleanup, outlive } from './emit.ts';
import { begin } from './flow.ts';
import { ask, halt } from './inbox.ts';
import { pumpQueue } from './merge-queue.ts';
import { obstacles } from './obstacle.ts';
import { enqueue, orderReason, release, takeReady } from './ready.ts';
import { freeResources, settle } from './settle.ts';
import { groupKey, note, type State, taskOf, touchRun, wayOf } from './state.ts';
import { change, isStranded } from './status.ts';
import type { Task } from './task.ts';

/** Starts what may start (E5), until the slots are full or nothing is left that nothing holds back. */
export function dispatch(state: State): void {
  freeStranded(state);
  closeContainers(state);
  startReady(state);
  if (state.run.status === 'running' || state.run.status === 'draining') pumpQueue(state);
}

function startReady(state: State): void {
  if (globalObstacle(state) !== null) return;
  if (!preflightPassed(state)) return;
  for (const stage of Object.keys(state.playbook.admission.caps)) release(state, `cap:${stage}`);
  if (state.playbook.admission.unit === 'wave') formWave(state);
  while (freeSlots(state) > 0) {
    const task = takeReady(state, (candidate) => obstacles(state, candidate)[0]?.name ?? null);
    if (task === null) return;
    if (!withinBudget(state)) {
      enqueue(state, task);
      return;
    }
    note(state, task.id, 'dispatched', `${task.id} starts: ${orderReason(state, task)}`);
    followParent(state, task);
    begin(state, task);
  }
}

/** Why nothing at all is dispatched now, as a stable word; null: nothing stands in the way. */
export function globalObstacle(state: State): 'not-running' | 'paused' | 'halted' | 'ledger-broken' | null {
  const { run } = state;
  if (run.status !== 'running') return run.status === 'paused' ? 'paused' : 'not-running';
  if (run.halt !== null) return 'halted';
  if (run.brokenLedger !== null) return 'ledger-broken';
  return null;
}

export function limitOf(state: State): number {
  return state.run.limit ?? state.playbook.admission.limit;
}

/** Slots in use: tasks in flight, but not those that only wait in the merge queue. */
export function usedSlots(state: State): number {
  let used = 0;
  for (const id of state.index.inFlight) if (taskOf(state, id).queuedAt === null) used += 1;
  return used;
}

function freeSlots(state: State): number {
  return limitOf(state) - usedSlots(state);
}

/** W2: at most `waveSize` tasks whose dependencies are done; the next wave only when the last one has passed. */
function formWave(state: State): void {
  for (const group of state.groups.values()) if (group.kind === 'wave') return;
  release(state, 'wave');
  const members: Task[] = [];
  while (members.length < state.playbook.admission.waveSize) {
    const task = takeReady(
      state,
      (candidate) => obstacles(state, candidate).find((obstacle) => obstacle.code !== 'wave')?.name ?? null,
    );
    if (task === null) break;
    members.push(task);
  }
  if (members.length === 0) return;
  const run = touchRun(state);
  run.waves += 1;
  const name = `wave-${run.waves}`;
  const group = newGroup('wave', name, run.waves);
  state.groups.set(groupKey('wave', name), group);
  state.touched.groups.add(groupKey('wave', name));
  for (const task of members) {
    task.group = name;
    joinBarriers(state, task);
    change(state, task, () => undefined);
    enqueue(state, task);
  }
  note(state, null, 'wave', `${name}: ${members.map((task) => task.id).join(', ')}`);
}

/** What was begun and may not go on for now must not keep its branch from others; its work is kept. */
function freeStranded(state: State): void {
  for (const id of [...state.index.stranded].sort()) {
    state.index.stranded.delete(id);
    const task = state.tasks.get(id);
    if (task === undefined || !isStranded(state, task) || task.cleanup !== null) continue;
    if (state.playbook.workspace.kind === 'none') freeResources(state, task);
    else flyCleanup(state, task, { keep: true, isDone: false });
  }
}

/** Containers whose children are all done close by themselves (C2); no agent is asked. */
function closeContainers(state: State): void {
  for (const id of [...state.index.closable].sort()) {
    state.index.closable.delete(id);
    const task = state.tasks.get(id);
    const isEmpty = (state.index.children.get(id)?.size ?? 0) === 0;
    if (task === undefined || isEmpty || task.status !== 'waiting' || task.openDeps > 0 || task.flight !== null)
      continue;
    if (wayOf(state, task).container) settle(state, task, { status: 'done', workspace: 'remove' });
  }
}

/** The playbook has a preflight, and it has not passed lately. */
export function awaitsPreflight({ playbook, run }: State): boolean {
  const { preflight, recheckMs } = playbook.steps;
  const { passedAt } = run.preflight;
  return preflight.length > 0 && (passedAt === null || run.now - passedAt >= recheckMs);
}

/** K1: nothing is spawned before the preflight passed lately. */
function preflightPassed(state: State): boolean {
  const { recheckMs, giveUpMs } = state.playbook.steps;
  const { run } = state;
  if (state.index.counts.ready === 0 || !awaitsPreflight(state)) return true;
  const { failingSince, checkedAt } = run.preflight;
  if (failingSince !== null && run.now - failingSince >= giveUpMs) {
    halt(state, 'preflight', `the preflight does not pass: ${run.preflight.text}`, 'preflight');
    return false;
  }
  const isFresh = failingSince !== null && checkedAt !== null && run.now - checkedAt < recheckMs;
  if (!isFresh) startPreflight(state, 0);
  return false;
}

/** The checks run one after the other; the key names the round, so that a late result of an old one is stale. */
export function startPreflight(state: State, index: number): void {
  const step = state.playbook.steps.preflight[index];
  if (isPreflightRunning(state) || step === undefined) return;
  outlive(state, {
    kind: 'step',
    key: `preflight/${state.run.seq}/${index}`,
    scope: 'preflight',
    of: String(index),
    step,
  });
}

export function isPreflightRunning(state: State): boolean {
  for (const effect of state.effects.values()) if (effect.kind === 'step' && effect.scope === 'preflight') return true;
  return false;
}

/** Budgets of tokens and money are checked before each dispatch. */
function withinBudget(state: State): boolean {
  if (!wouldExceedBudget(state)) return true;
  const { run } = state;
  const text = `the budget of the run is used up (${run.tokens} tokens, ${run.costUsd.toFixed(2)} USD)`;
  run.halt = {
    code: 'budget',
    text,
    item: ask(state, { kind: 'budget', task: null, of: null, text, choices: ['retry'] }),
  };
  touchRun(state);
  return false;
}

export function wouldExceedBudget(state: State): boolean {
  const { budgetTokens, budgetUsd } = state.playbook.limits;
  const { tokens, costUsd } = state.run;
  return (budgetTokens !== null && tokens >= budgetTokens) || (budgetUsd !== null && costUsd >= budgetUsd);
}

/** C4: tasks of the feature that was begun last go first; its ready tasks get their new place in the order. */
function followParent(state: State, task: Task): void {
  const { run } = state;
  if (!state.playbook.admission.order.includes('current-parent') || task.fact.parent === run.currentParent) return;
  const before = run.currentParent;
  touchRun(state).currentParent = task.fact.parent;
  for (const parent of [before, task.fact.parent]) {
    for (const id of parent === null ? [] : (state.index.children.get(parent) ?? [])) {
      const child = taskOf(state, id);
      if (child.status === 'ready') enqueue(state, child);
    }
  }
}
