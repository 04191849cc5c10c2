import type { LedgerChange } from '../core/effect.ts';
import type { TaskFact, TaskId } from '../core/fact.ts';
import type { LedgerSpec, LedgerWord } from '../core/playbook.ts';
import type { Ledger } from '../port/ledger.ts';
import type { Problem } from '../port/problem.ts';

/** A ledger without a document: what a person does to it, a test does with `edit` and `breakWith`. */
export interface MemoryLedger extends Ledger {
  facts(): readonly TaskFact[];
  /** As a person would: the whole list of rows is replaced. */
  edit(change: (facts: readonly TaskFact[]) => readonly TaskFact[]): void;
  /** The document cannot be understood until it is mended with null. */
  breakWith(problem: Problem | null): void;
  /** What was written, in order. */
  readonly written: readonly { readonly task: TaskId; readonly change: LedgerChange }[];
}

export function openMemoryLedger(words: LedgerSpec['words'], first: readonly TaskFact[]): MemoryLedger {
  let facts = first;
  let version = 0;
  let problem: Problem | null = null;
  const written: { readonly task: TaskId; readonly change: LedgerChange }[] = [];
  const names = (of: (fact: TaskFact) => string | null) => [...new Set(facts.map(of).filter((name) => name !== null))];
  const withWord = (fact: TaskFact, word: LedgerWord): TaskFact => ({ ...fact, word, ledgerStatus: words[word] });

  return {
    files: ['tasks.md'],
    written,
    facts: () => facts,
    edit(change) {
      facts = change(facts);
      version += 1;
    },
    breakWith(next) {
      problem = next;
      version += 1;
    },
    fingerprint: async () => String(version),
    async read() {
      if (problem !== null) return { ok: false, problems: [problem] };
      const fingerprint = String(version);
      const groups = names(({ group }) => group);
      return {
        ok: true,
        fingerprint,
        facts,
        groups,
        phases: names(({ phase }) => phase),
        activePhase: null,
        warnings: [],
      };
    },
    async record(task, change) {
      if (problem !== null) return { ok: false, problems: [problem] };
      written.push({ task, change });
      const before = facts.find(({ id }) => id === task);
      if (before === undefined || before.word === change.word) return { ok: true, isChanged: false, yielded: [] };
      facts = facts.map((fact) => (fact.id === task ? withWord(fact, change.word) : fact));
      version += 1;
      return { ok: true, isChanged: true, yielded: [] };
    },
  };
}
