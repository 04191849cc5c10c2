import type { Failure } from '../core/failure.ts';

/** How the ledger's documents travel: commits on the branch that is checked out in the project, and the remote (T3, T8). */
export interface LedgerSync {
  /** Refuses, with a sentence, a project that cannot be worked on: not a repository, detached, another branch than the base, a merge under way. */
  check(): Promise<Failure | null>;
  /** Brings in the remote: fast-forward, or our ledger commits rebased on it. Never touches a person's changes. */
  pull(): Promise<Failure | null>;
  /** One commit of exactly these files, whatever else is staged or dirty. Nothing changed: no commit, no failure. */
  commit(files: readonly string[], message: string): Promise<Failure | null>;
  /** Pushes the base branch; rejected: pull, then push again. A failure here stops the run for a person, nothing is lost. */
  push(): Promise<Failure | null>;
}
