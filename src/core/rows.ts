import type { Effect } from './effect.ts';
import type { Event } from './event.ts';
import type { TaskId } from './fact.ts';
import type { Task } from './task.ts';

/** What is stored: plain rows, each replaced as a whole when it changes. Indexes are derived when they are loaded. */
export interface Snapshot {
  readonly run: RunRow | null;
  readonly tasks: readonly Task[];
  readonly groups: readonly GroupRow[];
  readonly inbox: readonly InboxItem[];
  readonly effects: readonly Effect[];
}

/** What one event changed: the body of one transaction. */
export interface Changes {
  /** null: unchanged. */
  readonly run: RunRow | null;
  readonly tasks: readonly Task[];
  readonly removedTasks: readonly TaskId[];
  readonly groups: readonly GroupRow[];
  readonly removedGroups: readonly string[];
  readonly inbox: readonly InboxItem[];
  readonly effects: readonly Effect[];
  readonly endedEffects: readonly string[];
}

export type RunStatus = 'idle' | 'running' | 'paused' | 'draining' | 'stopping' | 'ended';
export type Outcome = 'done' | 'failed' | 'deadlock' | 'waiting' | 'interrupted';

/** The one row about the run. */
export interface RunRow {
  status: RunStatus;
  outcome: Outcome | null;
  /** Events folded in since the project began; the journal's sequence number. */
  seq: number;
  /** Overrides of this run. */
  limit: number | null;
  only: readonly TaskId[] | null;
  startedAt: number | null;
  now: number;
  /** Why nothing new is dispatched until a person acts: a failed ledger push, a conflict, a `stop` rung; null: nothing. */
  halt: Halt | null;
  brokenLedger: { readonly text: string; readonly since: number } | null;
  groups: readonly string[];
  phases: readonly string[];
  activePhase: string | null;
  /** Agent name -> epoch milliseconds until which its provider's limit parks it (E9). */
  parks: Record<string, number>;
  preflight: { passedAt: number | null; failingSince: number | null; checkedAt: number | null; text: string | null };
  /** Waves formed, and groups passed since the last checkpoint. */
  waves: number;
  groupsSinceCheckpoint: number;
  items: number;
  /**
   * Where the fence of a task goes on that was removed and comes back: its keys, folders and refs are never used twice
   * (E3). Only tasks that had an effect are in it.
   */
  retired: Record<TaskId, number>;
  currentParent: TaskId | null;
  /** Sum over the run, checked against the budget before dispatch. */
  tokens: number;
  costUsd: number;
  /** Index in `steps.afterRun` while they run; null: not begun. */
  closing: number | null;
}

export interface Halt {
  readonly code: string;
  readonly text: string;
  readonly item: string | null;
}

/** A barrier: a document group, a wave, or a phase. */
export interface GroupRow {
  readonly name: string;
  readonly kind: 'group' | 'wave' | 'phase';
  /** Position among those of its kind. */
  index: number;
  /** `closing`: its tasks are settled and its steps run. */
  status: 'pending' | 'open' | 'closing' | 'passed';
  /** Members, and how many of them can still move or are not done. */
  members: number;
  unsettled: number;
  undone: number;
  /** Index in the steps after it. */
  step: number;
  /** Key of the step's outstanding effect, or id of the inbox item it waits for. */
  effect: string | null;
  item: string | null;
}

export type InboxKind = 'checkpoint' | 'escalation' | 'hard-stop' | 'conflict' | 'preflight' | 'budget';

/** Something that waits for a person, or waited. */
export interface InboxItem {
  readonly id: string;
  readonly kind: InboxKind;
  readonly task: TaskId | null;
  /** Group or phase; null: not about one. */
  readonly of: string | null;
  readonly text: string;
  readonly choices: readonly string[];
  readonly openedAt: number;
  closedAt: number | null;
  answer: string | null;
}

/** One line of the journal: the event, and what was decided about it. */
export interface JournalEntry {
  readonly seq: number;
  readonly at: number;
  readonly event: Event;
  readonly notes: readonly JournalNote[];
}

export interface JournalNote {
  readonly task: TaskId | null;
  /** Stable, for programs: `dispatched`, `stale-report`, `person-wins`, ... */
  readonly code: string;
  readonly text: string;
}
