import type { LedgerDelta, TaskId } from './fact.ts';
import type { Failure } from './failure.ts';

/** Everything that can happen. `at` is epoch milliseconds: the core has no clock of its own (E1). */
export type Event = { readonly at: number } & (
  | { readonly type: 'run-started'; readonly only: readonly TaskId[] | null; readonly limit: number | null }
  | { readonly type: 'ledger-observed'; readonly delta: LedgerDelta }
  /** The document cannot be understood: the last good model stands, nothing new is dispatched. */
  | { readonly type: 'ledger-broken'; readonly text: string }
  | { readonly type: 'tick' }
  | { readonly type: 'attempt-started'; readonly key: string }
  | { readonly type: 'attempt-progressed'; readonly key: string; readonly tokens: number; readonly costUsd: number }
  | { readonly type: 'effect-ended'; readonly key: string; readonly result: Result }
  /** The effect could not be performed for a reason that is not the task's: it stays outstanding and the run stops for a person. */
  | { readonly type: 'effect-failed'; readonly key: string; readonly failure: Failure }
  | { readonly type: 'operator'; readonly command: OperatorCommand }
);
export type EventType = Event['type'];

/** E14, E11: what a person says, from this process or another. */
export type OperatorCommand =
  | { readonly do: 'retry' | 'skip' | 'cancel' | 'release'; readonly task: TaskId }
  | { readonly do: 'pause' | 'resume' | 'drain' | 'stop' }
  | { readonly do: 'approve'; readonly item: string }
  | { readonly do: 'reject'; readonly item: string; readonly then: 'retry-failed' | 'stop'; readonly text: string }
  | { readonly do: 'answer'; readonly item: string; readonly choice: string; readonly text: string };

/** What came of an effect; `kind` is the effect's. */
export type Result =
  | { readonly kind: 'record'; readonly yielded: readonly string[] }
  | { readonly kind: 'prepare'; readonly failure: Failure | null }
  | { readonly kind: 'attempt'; readonly end: AttemptEnd }
  | { readonly kind: 'gate'; readonly gates: readonly GateOutcome[]; readonly failure: Failure | null }
  | { readonly kind: 'push'; readonly failure: Failure | null }
  | { readonly kind: 'collect'; readonly commit: string | null; readonly failure: Failure | null }
  | { readonly kind: 'candidate'; readonly candidate: string | null; readonly failure: Failure | null }
  /** `stale`: the base moved; the candidate must be built and gated again. */
  | { readonly kind: 'advance'; readonly outcome: 'moved' | 'stale'; readonly failure: Failure | null }
  | { readonly kind: 'cleanup' }
  | { readonly kind: 'step'; readonly failure: Failure | null; readonly text: string };

export interface GateOutcome {
  readonly name: string;
  readonly passed: boolean;
  readonly ms: number;
  /** Tail of the output, bounded by `limits.evidenceBytes`. */
  readonly output: string;
}

/** Facts about an ended attempt, gathered by the shell. The verdict is the core's (E8). */
export interface AttemptEnd {
  /** `lost`: its process is gone and left nothing to read (E4). `refused`: it could not be started. */
  readonly ending: 'exited' | 'signalled' | 'stopped' | 'lost' | 'refused' | 'limit' | 'context';
  readonly exitCode: number | null;
  /** Said in one sentence how it ended, for people. */
  readonly text: string;
  /** Tail of what it printed. */
  readonly evidence: string;
  readonly report: Report | null;
  /** Why there is no report although one was asked for; null: there is one, or none was asked for. */
  readonly reportProblem: string | null;
  /** What git says about the branch; null: the stage has no workspace with commits. */
  readonly work: Work | null;
  /** Expected output files that this attempt wrote. */
  readonly outputs: readonly string[];
  readonly missingOutputs: readonly string[];
  readonly violations: readonly Violation[];
  readonly session: string | null;
  readonly resetAt: number | null;
  readonly handoff: string | null;
  readonly tokens: number;
  readonly costUsd: number;
}

export interface Work {
  /** Tip of the branch. */
  readonly head: string;
  /** Commit the attempt started from. */
  readonly start: string;
  /** start..head changes at least one file, and head is a descendant of start. */
  readonly isChanged: boolean;
  /** What is wrong with the commit the report names; null: it is on the branch, new and not empty, or none was named. */
  readonly claimProblem: string | null;
}

/** O2-O4: something an attempt touched that is not its own. */
export interface Violation {
  readonly what: 'owned-file' | 'outside-globs' | 'leak' | 'ref' | 'config';
  readonly path: string;
  readonly text: string;
}

/** A report in the engine's words; which field of the agent's block means what is the playbook's `reports`. */
export interface Report {
  readonly status: 'success' | 'failed' | 'blocked' | null;
  readonly task: string | null;
  readonly commit: string | null;
  readonly usedTokens: number | null;
  readonly notes: string;
  readonly blockedBy: readonly TaskId[];
  /** Boolean fields by name: `ready`, `approach_wrong`, ... */
  readonly flags: Readonly<Record<string, boolean>>;
}
