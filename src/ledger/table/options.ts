import { LEDGER_WORDS, type LedgerWord, type PhaseSpec } from '../../core/playbook.ts';

/** What a `task-table` document is read with. */
export interface TableOptions {
  /** Relative to the project root; named in problems. */
  readonly file: string;
  /** `ledger.columns`: canonical name -> header in the document. */
  readonly columns: Readonly<Record<string, string>>;
  /** `ledger.status`: our word -> the word in the document. */
  readonly words: Readonly<Record<LedgerWord, string>>;
  readonly phases: PhaseSpec;
  /** `git.base`, which no row may work on (DESIGN trap 4); null: not known, not checked. */
  readonly base: string | null;
  /** Names of `repos`; empty: any name is taken. */
  readonly repos: readonly string[];
}

/** The words of the seed (seeds/3-task-table.md, Schema Reference), and one for tables that tell a task given up. */
export const TABLE_WORDS: Readonly<Record<LedgerWord, string>> = {
  open: 'not-started',
  active: 'in-progress',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

export const NO_PHASES: PhaseSpec = { by: 'none', patterns: [], column: null, active: null };

/** Headers and words are compared without case, decoration, and kind of gap: `Depends On` is `depends_on`. */
export function fold(text: string): string {
  return text
    .replace(/[*`]/g, '')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Reads a status cell; null: none of the configured words. */
export function wordReader(words: Readonly<Record<LedgerWord, string>>): (cell: string) => LedgerWord | null {
  const exact = new Map<string, LedgerWord>();
  const folded = new Map<string, LedgerWord>();
  for (const word of LEDGER_WORDS) {
    if (!exact.has(words[word])) exact.set(words[word], word);
    if (!folded.has(fold(words[word]))) folded.set(fold(words[word]), word);
  }
  return (cell) => (cell === '' ? null : (exact.get(cell) ?? folded.get(fold(cell)) ?? null));
}
