import type { TaskFact, TaskId } from './fact.ts';
import type { Failure } from './failure.ts';
import type { FailureClass, LedgerWord } from './playbook.ts';

export const TASK_STATUSES = [
  'waiting',
  'ready',
  'running',
  'gating',
  'queued',
  'done',
  'failed',
  'blocked',
  'escalated',
  'cancelled',
] as const;
/** SPEC 2. `waiting`: something it needs is not there yet. `ready`: only a free slot or resource is missing. */
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** One row of the state: what the ledger says (`fact`) and what the engine knows, apart. */
export interface Task {
  readonly id: TaskId;
  fact: TaskFact;
  status: TaskStatus;
  /** Index in `playbook.ways`. */
  way: number;
  /** Index in the way's stages; equal to their number when all are behind it. */
  stage: number;
  /** Rises with every attempt at any stage and never falls (E3). 0: none yet. */
  fence: number;
  /** Rises with every effect; makes effect keys unique within a fence. */
  ops: number;
  /** Key of the effect this task waits for; null when nothing is in flight. */
  flight: string | null;
  /** Key of an outstanding cleanup: the branch is not free before it ended. */
  cleanup: string | null;
  /** What it becomes when the ledger says so; null: it is not settling. */
  settling: Settling | null;
  /** Journal sequence number at which it entered the merge queue; null: it is not in it. */
  queuedAt: number | null;
  /** A person's word for a task in flight, taken when the effect in flight ends; `gone`: the row was removed. */
  override: LedgerWord | 'gone' | null;
  /** A person said it counts as done (E14); the ledger is not told that it is. */
  isSkipped: boolean;
  /** Moved behind all others by a person. */
  isLast: boolean;
  /** Dependencies that are not done. */
  openDeps: number;
  /** Dependencies that cannot become done by themselves (failed, blocked, ... or held up in turn). */
  heldDeps: number;
  /** Longest chain of tasks that wait for this one, itself not counted. */
  depth: number;
  /** Wave or document group it belongs to now. */
  group: string | null;
  /** Exclusive resources that are its own, from its first attempt until its workspace is put away (E5). */
  holds: readonly string[];

  /** Attempts over the whole life. */
  attempts: number;
  /** Attempts that count against the limit, by stage. */
  spent: Record<string, number>;
  /** Failures by stage and class. */
  failures: Record<string, Partial<Record<FailureClass, number>>>;
  /** Times each stage was entered, by name. */
  visits: Record<string, number>;
  /** What spent no attempt, counted over the life of the task (E9). */
  free: { handoff: number; park: number; blocker: number; lost: number };
  /** How the next attempt differs from a first one. */
  next: NextAttempt;
  /** The last failure, kept until a stage succeeds: for `explain` and notes. */
  failure: Failure | null;
  /** Why a blocked, escalated or foreign task rests. */
  hold: Hold | null;
  /** Why the attempt in flight was told to end; null: it was not. */
  stopping: StopReason | null;
  /** Epoch milliseconds at which the effect in flight times out; null: no limit. */
  deadline: number | null;

  /** Sentence for the ledger's notes, written with the next record; null: none. */
  note: string | null;
  /** Prefix the ledger shows now (K10). */
  mark: 'retry' | 'escalated' | null;
  /** Name of the configured agent of the current or last attempt. */
  agent: string | null;
  session: string | null;
  /** Branch the work is on, from the row or the workspace template. */
  branch: string | null;
  /** Tip verified after the last accepted attempt. */
  commit: string | null;
  /** Candidate of the merge queue while there is one. */
  candidate: string | null;
  /** Where the work is now that it landed: a commit, or `none` for work without one. */
  landed: string | null;
  /** What the orchestrator has written last for this task; for three-way edits and for recovery. */
  recorded: Recorded | null;
  startedAt: number | null;
  completedAt: number | null;
  usage: Usage;
}

export interface Settling {
  readonly status: TaskStatus;
  /** `keep`: the folder stays for a person or a resume. */
  readonly workspace: 'remove' | 'keep';
}

export interface NextAttempt {
  session: 'fresh' | 'same';
  think: number | null;
  model: string | null;
  agent: string | null;
  /** What went wrong before, newest last, told to the next attempt. */
  evidence: Failure[];
  /** Note of the session before (A4). */
  handoff: string | null;
}

export type Hold =
  | { readonly why: 'blocker'; readonly text: string; readonly by: readonly TaskId[] }
  /** The ledger says in progress and we did not write it. */
  | { readonly why: 'foreign' }
  | { readonly why: 'escalation'; readonly item: string };

export type StopReason = 'timeout' | 'cancel' | 'stop' | 'person' | 'context' | 'budget';

export interface Recorded {
  readonly word: LedgerWord;
  readonly place: string | null;
  readonly at: number;
}

/** Tokens and money. `measured` from the agent's own events, `claimed` from its report (T10). */
export interface Usage {
  measuredTokens: number;
  claimedTokens: number | null;
  costUsd: number;
}

/** Statuses that never end by themselves and keep dependents from ever starting. */
export const HELD_UP: ReadonlySet<TaskStatus> = new Set(['failed', 'blocked', 'escalated', 'cancelled']);
export const IN_FLIGHT: ReadonlySet<TaskStatus> = new Set(['running', 'gating', 'queued']);
