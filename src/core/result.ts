import { block } from './blocker.ts';
import type { Effect, EffectOf } from './effect.ts';
import { endEffect, landFlight } from './emit.ts';
import type { AttemptEnd, Result } from './event.ts';
import type { Failure } from './failure.ts';
import { advance, attempt, prepare, repairStage, rest, stageIndex } from './flow.ts';
import { advanceBase, gateCandidate, leaveQueue, pumpQueue, rebuild } from './merge-queue.ts';
import { takeOverride } from './override.ts';
import { release } from './ready.ts';
import { fail, sendBack } from './retry.ts';
import { finishSettling, freeResources, settle } from './settle.ts';
import { findTask, invariant, note, type State, stageOf, touch, touchRun } from './state.ts';
import type { Task } from './task.ts';
import { verdict } from './verdict.ts';

/** Folds in what came of a task's effect. Effects of steps are folded by `barrier.ts` and `closing.ts`. */
export function foldResult(state: State, effect: Effect, result: Result): void {
  invariant(effect.kind === result.kind, `the ${effect.kind} effect ${effect.key} ended as a ${result.kind}`);
  invariant(effect.kind !== 'step', `${effect.key} is no effect of a task`);
  endEffect(state, effect.key);
  const task = findTask(state, effect.task);
  if (task === undefined) return;
  if (result.kind === 'cleanup') {
    foldCleanup(state, task, effect.key);
    return;
  }
  invariant(task.flight === effect.key, `${effect.key} ended, but ${task.id} waits for ${task.flight}`);
  landFlight(state, task);
  if (result.kind === 'attempt') foldUsage(state, task, result.end);
  if (task.override !== null && task.settling === null) {
    leaveQueue(state, task);
    takeOverride(state, task);
    return;
  }
  if (isCutShort(task, result)) {
    leaveQueue(state, task);
    stopShort(state, task);
    return;
  }
  switch (result.kind) {
    case 'record':
      foldRecord(state, task, result.yielded);
      break;
    case 'prepare':
      if (result.failure !== null) fail(state, task, task.stage, result.failure);
      else attempt(state, task, agentStage(state, task));
      break;
    case 'attempt':
      foldAttempt(state, task, result.end);
      break;
    case 'gate':
      foldGate(state, task, result);
      break;
    case 'push':
    case 'collect':
      foldLanding(state, task, result.failure, result.kind === 'collect' ? result.commit : task.commit);
      break;
    case 'candidate':
      if (result.candidate !== null) gateCandidate(state, task, result.candidate);
      else foldLanding(state, task, result.failure, null);
      break;
    case 'advance':
      foldAdvance(state, task, effect as EffectOf<'advance'>, result);
      break;
  }
}

function foldRecord(state: State, task: Task, yielded: readonly string[]): void {
  if (yielded.length > 0) {
    note(state, task.id, 'person-wins', `${task.id}: a person's edit of ${yielded.join(', ')} was kept`);
  }
  if (task.settling === null) {
    prepare(state, task, agentStage(state, task));
    return;
  }
  const isCancelled = task.stopping === 'cancel' && task.settling.status !== 'done';
  finishSettling(state, task);
  if (task.override !== null) takeOverride(state, task);
  else if (isCancelled && task.status !== 'cancelled')
    settle(state, task, { status: 'cancelled', workspace: 'remove' });
}

function foldAttempt(state: State, task: Task, end: AttemptEnd): void {
  const stage = agentStage(state, task);
  const result = verdict(task, stage, end);
  task.stopping = null;
  switch (result.ok) {
    case true:
      task.commit = result.commit ?? task.commit;
      task.next = { ...task.next, session: 'same', think: null, model: null, agent: null, evidence: [], handoff: null };
      advance(state, task);
      return;
    case 'blocked':
      block(state, task, result.text, result.by);
      return;
    case 'routed':
      sendBack(state, task, stageIndex(state, task, stage.on[result.flag] ?? stage.name), result.failure);
      return;
    case false:
      fail(state, task, task.stage, result.failure);
      return;
  }
}

/** A person stopped or cancelled it while this effect ran. Work that landed meanwhile has landed: that goes on. */
function isCutShort(task: Task, result: Result): boolean {
  if (task.settling !== null) return false;
  if (result.kind === 'push' || result.kind === 'collect' || result.kind === 'advance') return false;
  if (task.stopping === 'cancel') return true;
  if (task.stopping !== 'stop') return false;
  if (result.kind === 'attempt') return result.end.ending !== 'exited';
  if (result.kind === 'gate') return result.failure?.code === 'aborted';
  return result.kind === 'record' || result.kind === 'prepare';
}

/** Ended because a person said so: cancelled for good, or kept for the next run without an attempt being spent. */
function stopShort(state: State, task: Task): void {
  const isCancel = task.stopping === 'cancel';
  task.stopping = null;
  if (isCancel) settle(state, task, { status: 'cancelled', workspace: 'remove' });
  else {
    task.next.session = 'same';
    rest(state, task);
  }
}

function foldGate(state: State, task: Task, result: Extract<Result, { kind: 'gate' }>): void {
  const red = result.gates.find((gate) => !gate.passed);
  const failure: Failure | null =
    result.failure ??
    (red === undefined
      ? null
      : { class: 'gate', code: 'gate-red', text: `gate ${red.name} is red`, evidence: red.output });
  if (failure !== null) {
    leaveQueue(state, task);
    const route = stageOf(state, task)?.on.red;
    fail(state, task, route === undefined ? repairStage(state, task) : stageIndex(state, task, route), failure);
    return;
  }
  note(state, task.id, 'gates-passed', `the gates of ${task.id} passed: ${result.gates.map((g) => g.name).join(', ')}`);
  if (task.queuedAt === null) advance(state, task);
  else advanceBase(state, task);
}

function foldLanding(state: State, task: Task, failure: Failure | null, commit: string | null): void {
  if (failure === null) {
    leaveQueue(state, task);
    task.landed = commit;
    advance(state, task);
    return;
  }
  leaveQueue(state, task);
  const route = stageOf(state, task)?.on.conflict;
  const isConflict = failure.class === 'merge' && route !== undefined;
  fail(state, task, isConflict ? stageIndex(state, task, route) : repairStage(state, task), failure);
}

function foldAdvance(
  state: State,
  task: Task,
  effect: EffectOf<'advance'>,
  result: Extract<Result, { kind: 'advance' }>,
): void {
  if (result.failure !== null || result.outcome === 'moved') {
    foldLanding(state, task, result.failure, effect.candidate);
    return;
  }
  if (rebuild(state, task)) {
    pumpQueue(state);
    return;
  }
  const text = 'the base moved too often while its candidates were gated';
  foldLanding(state, task, { class: 'merge', code: 'base-moves', text, evidence: '' }, null);
}

function foldCleanup(state: State, task: Task, key: string): void {
  if (task.cleanup !== key) return;
  task.cleanup = null;
  touch(state, task);
  freeResources(state, task);
  release(state, `cleanup:${task.id}`);
}

function foldUsage(state: State, task: Task, end: AttemptEnd): void {
  task.usage = {
    measuredTokens: task.usage.measuredTokens + end.tokens,
    claimedTokens:
      end.report?.usedTokens == null
        ? task.usage.claimedTokens
        : (task.usage.claimedTokens ?? 0) + end.report.usedTokens,
    costUsd: task.usage.costUsd + end.costUsd,
  };
  task.session = end.session ?? task.session;
  task.next.handoff = end.handoff ?? task.next.handoff;
  const run = touchRun(state);
  run.tokens += end.tokens > 0 ? end.tokens : (end.report?.usedTokens ?? 0);
  run.costUsd += end.costUsd;
}

function agentStage(state: State, task: Task) {
  const stage = stageOf(state, task);
  invariant(stage?.do === 'agent', `${task.id} is not at an agent stage`);
  return stage;
}
