import type { FailureClass } from './playbook.ts';

/** A failure is data (E9): what class it is, what was seen, and how often this made no progress. */
export interface Failure {
  readonly class: FailureClass;
  /** Stable, for programs: `no-report`, `false-commit`, `gate-red`, ... */
  readonly code: string;
  /** One sentence for people. */
  readonly text: string;
  /** What a retry is told: output tail, gate log, violations. Bounded by `limits.evidenceBytes`. */
  readonly evidence: string;
  /** For `limit`: when the provider says it is over. Epoch milliseconds. */
  readonly resetAt?: number;
}
