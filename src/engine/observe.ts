import type { LedgerDelta, TaskFact } from '../core/fact.ts';
import { deltaOf } from '../ledger/delta.ts';
import type { LedgerReading } from '../port/ledger.ts';
import { formatProblem } from '../port/problem.ts';
import type { Bench } from './bench.ts';
import type { Report } from './mailbox.ts';

export interface Observer {
  /** What a person or the remote did to the documents since the last look; null: nothing, or they cannot be read now. */
  look(): Promise<Report | null>;
  /** Like `look`, but waits for whoever has the documents now. */
  lookNow(): Promise<Report | null>;
  /** The last reading, whatever it says; null: not looked yet. */
  last(): LedgerReading | null;
}

/**
 * Compares the documents with the state (E4, section 4 of the requirements). A look costs one `stat` a file while
 * nothing changes, and a document that cannot be understood is told once, until it changes again.
 */
export function createObserver(bench: Bench): Observer {
  const { ledger } = bench.parts;
  let seen: string | null = null;
  let last: LedgerReading | null = null;
  let facts: readonly TaskFact[] = [...bench.state.tasks.values()].map(({ fact }) => fact);

  const read = async (): Promise<Report | null> => {
    const before = await ledger.fingerprint();
    if (before === seen) return null;
    last = await ledger.read();
    // The reading's own fingerprint: a change between the two lines above is found by the next look.
    seen = last.ok ? last.fingerprint : before;
    if (!last.ok) return { type: 'ledger-broken', text: last.problems.map(formatProblem).join('\n') };
    const delta = deltaOf(facts, last);
    ({ facts } = last);
    return isNews(bench, delta) ? { type: 'ledger-observed', delta } : null;
  };

  const lookNow = (): Promise<Report | null> => bench.ledgerTurns.pass(read);
  return {
    // While a rebase of ledger commits is under way the document shows neither the old nor the new: not a look, then.
    look: () => (bench.ledgerTurns.isFree() ? lookNow() : Promise.resolve(null)),
    lookNow,
    last: () => last,
  };
}

/** A touched file whose content is the same is no event. */
function isNews({ state: { run } }: Bench, { put, gone, groups, phases, activePhase }: LedgerDelta): boolean {
  if (put.length + gone.length > 0 || run.brokenLedger !== null || activePhase !== run.activePhase) return true;
  return groups.join('\n') !== run.groups.join('\n') || phases.join('\n') !== run.phases.join('\n');
}
