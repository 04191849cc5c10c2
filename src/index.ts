/**
 * Coxswain as a library: the core that decides, and the playbooks it decides by. Nothing here touches the world.
 *
 * @example
 * const loaded = await loadProjectConfig({ projectRoot: '/home/me/app' });
 * if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
 * const state = createState(loaded.playbook, EMPTY_SNAPSHOT);
 * const { changes, effects } = step(state, { type: 'ledger-observed', at: Date.now(), delta });
 */
export { type DeadlockCause, deadlockCause } from './core/deadlock.ts';
export type { Effect, EffectKind, EffectOf, LedgerChange, Signal } from './core/effect.ts';
export type {
  AttemptEnd,
  Event,
  EventType,
  GateOutcome,
  OperatorCommand,
  Report,
  Result,
  Violation,
  Work,
} from './core/event.ts';
export { type Explanation, explain, type Reason, type ReasonCode } from './core/explain.ts';
export type { LedgerDelta, TaskFact, TaskId } from './core/fact.ts';
export type { Failure } from './core/failure.ts';
export { createState, EMPTY_SNAPSHOT } from './core/load.ts';
export { refusal } from './core/operator.ts';
export type * from './core/playbook.ts';
export type {
  Changes,
  GroupRow,
  InboxItem,
  JournalEntry,
  JournalNote,
  Outcome,
  RunRow,
  RunStatus,
  Snapshot,
} from './core/rows.ts';
export { InvariantError, outstanding, type State, snapshotOf } from './core/state.ts';
export { type StepResult, step } from './core/step.ts';
export { type Summary, summary } from './core/summary.ts';
export { TASK_STATUSES, type Task, type TaskStatus } from './core/task.ts';
export { type Progress, type RunView, type TaskView, view } from './core/view.ts';
export {
  BUILTIN_PLAYBOOKS,
  type BuiltinPlaybook,
  type LoadOptions,
  type LoadResult,
  loadPlaybook,
  loadProjectConfig,
  playbookJsonSchema,
  showPlaybook,
} from './playbook/index.ts';
export { formatProblem, type Problem } from './port/problem.ts';
