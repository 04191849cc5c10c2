import type { Problem } from '../port/problem.ts';

/**
 * - `locked`: another process runs this project or repository.
 * - `repository`: the repository cannot be worked on as it is (T3).
 * - `document`: the ledger cannot be understood; `problems` say where.
 * - `remote`: the remote cannot be brought in: not reachable, not allowed, or a conflict on the ledger (T8).
 * - `store`: the state could not be kept. Nothing after the last commit counts.
 * - `aborted`: a second signal came while the run was stopping.
 */
export type EngineErrorCode = 'locked' | 'repository' | 'remote' | 'document' | 'store' | 'aborted';

/** Why a run could not begin or go on, as a sentence and a next step (I5). Everything else is an outcome, not an error. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  /** null: the message says it. */
  readonly next: string | null;
  readonly problems: readonly Problem[];

  constructor(
    code: EngineErrorCode,
    reason: string,
    next: string | null,
    options: { problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = next;
    this.problems = options.problems ?? [];
  }
}
