import { awaitsPreflight, globalObstacle, limitOf, usedSlots, wouldExceedBudget } from './dispatch.ts';
import { failureText, globalText, holdersText, inFlightText, preflightText } from './explain-text.ts';
import type { TaskId } from './fact.ts';
import { obstacles } from './obstacle.ts';
import { findTask, type State, wayOf } from './state.ts';
import { closedBarriers } from './status.ts';
import type { Task } from './task.ts';

/** One thing that keeps a task from running. `on` names what it is about, for programs. */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
  readonly on: string | null;
}

export const REASON_CODES = [
  'done',
  'running',
  'dependency',
  'missing-dependency',
  'phase',
  'group',
  'inactive-phase',
  'container',
  'blocked',
  'foreign',
  'escalated',
  'failed',
  'cancelled',
  'not-running',
  'paused',
  'halted',
  'ledger-broken',
  'preflight',
  'selection',
  'wave',
  'cleanup',
  'cap',
  'park',
  'resource',
  'limit',
  'budget',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export interface Explanation {
  readonly id: TaskId;
  readonly status: Task['status'];
  readonly reasons: readonly Reason[];
}

/**
 * Why a task does not run (E11). The reasons are exact: when all of them are made untrue the task can start, and when
 * one is left it cannot. Undefined: there is no such task.
 */
export function explain(state: State, id: TaskId): Explanation | undefined {
  const task = findTask(state, id);
  if (task === undefined) return undefined;
  return { id, status: task.status, reasons: reasonsOf(state, task) };
}

function reasonsOf(state: State, task: Task): readonly Reason[] {
  switch (task.status) {
    case 'done':
      return [reason('done', task.isSkipped ? `${task.id} was skipped by a person` : `${task.id} is done`, null)];
    case 'running':
    case 'gating':
    case 'queued':
      return [reason('running', inFlightText(state, task), task.flight)];
    case 'failed':
      return [reason('failed', `${task.id} failed${failureText(task, 'the ledger says so')}`, null)];
    case 'cancelled':
      return [reason('cancelled', `${task.id} was cancelled`, null)];
    case 'escalated':
      return [reason('escalated', `${task.id} waits for a person${failureText(task, 'see the inbox')}`, itemOf(task))];
    case 'blocked':
      return [holdReason(task)];
    case 'waiting':
    case 'ready':
      return [...waitingReasons(state, task), ...startReasons(state, task)];
  }
}

function waitingReasons(state: State, task: Task): readonly Reason[] {
  const reasons: Reason[] = [];
  if (wayOf(state, task).container) {
    reasons.push(reason('container', `${task.id} only holds other tasks; it is done when they are`, null));
  }
  for (const id of state.index.dependencies.get(task.id) ?? []) {
    const dependency = findTask(state, id);
    if (dependency === undefined) {
      reasons.push(reason('missing-dependency', `${task.id} depends on ${id}, which does not exist`, id));
    } else if (dependency.status !== 'done') {
      reasons.push(reason('dependency', `${task.id} depends on ${id}, which is ${dependency.status}`, id));
    }
  }
  for (const key of closedBarriers(state, task)) reasons.push(barrierReason(state, task, key));
  return reasons;
}

function startReasons(state: State, task: Task): readonly Reason[] {
  const reasons: Reason[] = [];
  const global = globalObstacle(state);
  if (global !== null) reasons.push(reason(global, globalText(state, global), null));
  if (awaitsPreflight(state)) reasons.push(reason('preflight', preflightText(state), null));
  for (const { code, on, text } of obstacles(state, task)) reasons.push(reason(code, text, on));
  if (usedSlots(state) >= limitOf(state)) {
    reasons.push(reason('limit', `all ${limitOf(state)} places are taken`, String(limitOf(state))));
  }
  if (wouldExceedBudget(state)) reasons.push(reason('budget', 'the budget of the run is used up', null));
  return reasons;
}

function barrierReason(state: State, task: Task, key: string): Reason {
  if (key === 'active') {
    return reason(
      'inactive-phase',
      `${task.id} is not in the active phase (${state.run.activePhase})`,
      task.fact.phase,
    );
  }
  const group = state.groups.get(key);
  const kind = group?.kind === 'phase' ? 'phase' : 'group';
  const why = group === undefined ? 'it is not known' : holdersText(state, group);
  return reason(kind, `${kind} ${group?.name} is not open yet: ${why}`, group?.name ?? null);
}

function holdReason(task: Task): Reason {
  if (task.hold?.why === 'foreign') {
    return reason('foreign', `the ledger says that ${task.id} is in progress, and this program did not start it`, null);
  }
  const text = task.hold?.why === 'blocker' ? task.hold.text : 'no reason given';
  const by = task.hold?.why === 'blocker' ? task.hold.by.join(', ') : '';
  return reason('blocked', `its worker reported a blocker: ${text}${by ? ` (${by})` : ''}`, by || null);
}

function itemOf(task: Task): string | null {
  return task.hold?.why === 'escalation' ? task.hold.item : null;
}

function reason(code: ReasonCode, text: string, on: string | null): Reason {
  return { code, text, on };
}
