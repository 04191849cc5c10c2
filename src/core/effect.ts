import type { TaskId } from './fact.ts';
import type { Failure } from './failure.ts';
import type { LedgerWord, Step, StepsSpec } from './playbook.ts';
import type { StopReason } from './task.ts';

/**
 * What the shell is asked to do. An effect is stored as outstanding in the transaction that decides it, performed after
 * the commit, and stays outstanding until its result event is folded in (E2). Performing it twice under its key does no
 * harm: every adapter looks first whether it was done.
 */
export type Effect = { readonly key: string } & (
  | RecordEffect
  | PrepareEffect
  | AttemptEffect
  | GateEffect
  | PushEffect
  | CollectEffect
  | CandidateEffect
  | AdvanceEffect
  | CleanupEffect
  | StepEffect
);
export type EffectKind = Effect['kind'];
export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>;

interface OfTask {
  readonly task: TaskId;
  readonly fence: number;
}

/** Write to the ledger, commit and push as the playbook's `ledger.sync` says (T3, K2). */
export interface RecordEffect extends OfTask {
  readonly kind: 'record';
  readonly change: LedgerChange;
}

/** Only what is named is written. Times are epoch milliseconds; the ledger formats them. */
export interface LedgerChange {
  readonly word: LedgerWord;
  /**
   * Spellings of the status that were known when this was decided; any other on disk is a person's, and stays. null:
   * what the ledger handed out last.
   */
  readonly seen: readonly string[] | null;
  /** Name of the stage whose place in the ledger the entry belongs to now (K2); null: no move. */
  readonly place: string | null;
  readonly mark: 'retry' | 'escalated' | null;
  readonly agent?: string;
  readonly startedAt?: number;
  readonly completedAt?: number | null;
  readonly usedTokens?: number;
  readonly note?: string;
}

/** Make the workspace for the attempt: worktree on the branch, dependencies merged in (T13), base merged in (K7). */
export interface PrepareEffect extends OfTask {
  readonly kind: 'prepare';
  readonly branch: string;
  readonly mergeBase: boolean;
  /** Verified commits of dependencies that must be in the branch. */
  readonly deps: readonly { readonly task: TaskId; readonly commit: string }[];
}

export interface AttemptEffect extends OfTask {
  readonly kind: 'attempt';
  readonly stage: string;
  readonly agent: string;
  readonly model: string | null;
  readonly think: number | null;
  /** Session to go on with; null: a fresh one. */
  readonly session: string | null;
  readonly evidence: readonly Failure[];
  readonly handoff: string | null;
}

export interface GateEffect extends OfTask {
  readonly kind: 'gate';
  /** Stage the gates belong to. */
  readonly stage: string;
  readonly commit: string;
  readonly gates: readonly string[];
}

/** Push exactly `commit` to `refs/heads/<branch>` of the remote, unforced (DESIGN trap 5). */
export interface PushEffect extends OfTask {
  readonly kind: 'push';
  readonly branch: string;
  readonly commit: string;
}

/** Bring exactly these paths of `commit` to the base branch (M6). */
export interface CollectEffect extends OfTask {
  readonly kind: 'collect';
  readonly commit: string;
  readonly paths: readonly string[];
}

/** Merge queue: build the merge of `commit` and the base, move nothing (M5). */
export interface CandidateEffect extends OfTask {
  readonly kind: 'candidate';
  readonly commit: string;
}

/** Merge queue: move the base to the gated candidate by compare-and-swap, and push it (M4). */
export interface AdvanceEffect extends OfTask {
  readonly kind: 'advance';
  readonly commit: string;
  readonly candidate: string;
}

/** Save what is not saved, then free the branch (E6, E7). `keep`: the folder stays, detached, for a person or a resume. */
export interface CleanupEffect extends OfTask {
  readonly kind: 'cleanup';
  readonly keep: boolean;
  /** The task is done: if it ever lives again, it starts where its branch is then, and not where this life began. */
  readonly isDone: boolean;
}

/** A step of a group, a phase or the run. */
export interface StepEffect {
  readonly kind: 'step';
  readonly scope: keyof Omit<StepsSpec, 'recheckMs' | 'giveUpMs'>;
  /** Group or phase name; empty for the run. */
  readonly of: string;
  readonly step: Step;
}

/** Told to the shell but never outstanding: doing it again or not at all changes nothing that is stored. */
export type Signal =
  /** Ends an attempt, or aborts the gates, that run under this key; the result says so. */
  | { readonly kind: 'stop-attempt'; readonly key: string; readonly reason: StopReason }
  /** An effect that could not be performed before; a person says the cause is gone. */
  | { readonly kind: 'perform-again'; readonly key: string }
  | { readonly kind: 'notify'; readonly item: string; readonly text: string };
