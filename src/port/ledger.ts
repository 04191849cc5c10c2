import type { LedgerChange } from '../core/effect.ts';
import type { TaskFact, TaskId } from '../core/fact.ts';
import type { Problem } from './problem.ts';

/** The documents in which a project keeps its tasks. Every adapter passes `ledgerConformance` (the four laws of section 4). */
export interface Ledger {
  /** Paths relative to the project root that only the orchestrator writes. */
  readonly files: readonly string[];
  /** Changes whenever a document may have changed; costs a `stat` per file, no reading. */
  fingerprint(): Promise<string>;
  read(): Promise<LedgerReading>;
  /**
   * Writes a change atomically, one hunk. When the file changed since `base` was read, the change is merged per cell and
   * the person's cells win; their names come back as `yielded`. Doing it twice changes nothing.
   */
  record(task: TaskId, change: LedgerChange): Promise<RecordOutcome>;
}

export type LedgerReading =
  | {
      readonly ok: true;
      readonly fingerprint: string;
      readonly facts: readonly TaskFact[];
      readonly groups: readonly string[];
      readonly phases: readonly string[];
      readonly activePhase: string | null;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type RecordOutcome =
  | { readonly ok: true; readonly isChanged: boolean; readonly yielded: readonly string[] }
  /** The document cannot be written now; the sentence says why and what to do. */
  | { readonly ok: false; readonly problems: readonly Problem[] };
