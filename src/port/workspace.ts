import type { Violation, Work } from '../core/event.ts';
import type { TaskId } from '../core/fact.ts';
import type { Failure } from '../core/failure.ts';

/** Isolated places for tasks, and how work leaves them. Every adapter passes `workspaceConformance`. */
export interface Workspaces {
  /** Ready for an agent, or why not. Idempotent: an existing worktree of this task is checked and reused. */
  prepare(
    request: PrepareRequest,
  ): Promise<{ readonly ok: true; readonly place: Place } | { readonly ok: false; readonly failure: Failure }>;
  /** Remembers what must not change while the attempt runs (O3, O4): refs, config, hooks, other checkouts. */
  guard(request: { readonly task: TaskId; readonly fence: number }): Promise<void>;
  /**
   * After an attempt: commits what is dirty to a rescue ref, archives the tip, restores refs that were moved, and tells
   * what the branch has and what was touched that is not the worker's.
   */
  inspect(request: InspectRequest): Promise<{
    readonly work: Work;
    readonly violations: readonly Violation[];
    /** For the journal: what changed without anyone to blame for certain, and what could not be put back. */
    readonly warnings?: readonly string[];
  }>;
  /** Pushes exactly `commit` to the branch on the remote (DESIGN trap 5). null: it is there. */
  push(request: {
    readonly task: TaskId;
    readonly repo: string | null;
    readonly branch: string;
    readonly commit: string;
  }): Promise<Failure | null>;
  /** A clean checkout of exactly `commit` for gates, taken from a pool; `release` gives it back. */
  gatePlace(request: {
    readonly repo: string | null;
    readonly commit: string;
  }): Promise<{ readonly path: string; release(): Promise<void> }>;
  /** Proves that the work is kept (E7), then frees the branch and, unless `keep`, removes the worktree. */
  cleanup(request: CleanupRequest): Promise<void>;
  /** Nothing is left to do: gives back what was kept for speed, so that no worktree of ours is left. */
  tidy(): Promise<void>;
}

export interface CleanupRequest {
  readonly task: TaskId;
  readonly fence: number;
  readonly keep: boolean;
  /** The task is done; otherwise its next life is judged by all that its branch got since this one began. */
  readonly isDone: boolean;
}

export interface PrepareRequest {
  readonly task: TaskId;
  readonly fence: number;
  /** Name in `repos`; null: the project's own repository. */
  readonly repo: string | null;
  readonly branch: string;
  readonly mergeBase: boolean;
  readonly deps: readonly { readonly task: TaskId; readonly commit: string }[];
}

export interface Place {
  /** Absolute; the folder the agent works in (inside the worktree when `repos` names a folder). */
  readonly path: string;
  /** Absolute root of the worktree. */
  readonly root: string;
  readonly branch: string;
  readonly base: string;
  /** Tip of the branch before the task's first attempt in this place: every later one is judged by all that came since. */
  readonly start: string;
}

export interface InspectRequest {
  readonly task: TaskId;
  readonly fence: number;
  /** What the report claims; null: nothing. */
  readonly claimed: string | null;
}
