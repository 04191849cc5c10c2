import type { LedgerWord } from './playbook.ts';

export type TaskId = string;

/** What a ledger says about one task. The engine's own knowledge is kept apart, in `Task`. */
export interface TaskFact {
  readonly id: TaskId;
  readonly title: string;
  /** Union of `depends_on` and what others' `blocks` say (T1). Order of the document, no duplicates. */
  readonly dependsOn: readonly TaskId[];
  /** The ledger's word, in ours; the document's own spelling is `ledgerStatus`. */
  readonly word: LedgerWord;
  readonly ledgerStatus: string;
  /** Position in the document, 0-based; unique. */
  readonly order: number;
  /** Lower is sooner; 0 when the ledger has none. */
  readonly priority: number;
  /** Name of the group (a heading) and of the phase; null: none. */
  readonly group: string | null;
  readonly phase: string | null;
  readonly parent: TaskId | null;
  readonly kind: string | null;
  readonly labels: readonly string[];
  readonly repo: string | null;
  readonly branch: string | null;
  /** Expected tokens; null: not said. */
  readonly estimate: number | null;
  /** Every other column or field, by canonical name, as text: for prompts and templates. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What changed in a ledger since it was last observed. Groups and phases are named in document order. */
export interface LedgerDelta {
  readonly put: readonly TaskFact[];
  readonly gone: readonly TaskId[];
  /** Names in document order, always complete. */
  readonly groups: readonly string[];
  readonly phases: readonly string[];
  /** P2: the only phase that may run; null: no such rule. */
  readonly activePhase: string | null;
}
