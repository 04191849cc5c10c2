import type { Failure } from '../core/failure.ts';
import { endDeadRun } from '../core/load.ts';
import { outstanding } from '../core/state.ts';
import type { Bench } from './bench.ts';
import { takeCommands } from './commands.ts';
import { EngineError } from './engine-error.ts';
import type { Fold } from './fold.ts';
import type { Observer } from './observe.ts';
import { endOrphans } from './orphans.ts';
import type { RunOptions } from './parts.ts';
import { performEffect } from './perform.ts';

/**
 * Takes up where an earlier life ended (E4), and begins the run. The order matters:
 *
 * 1. what is outstanding is performed again, ledger writes first: they hold the turn on the documents, so that nobody
 *    takes a half-written change of ours for a person's;
 * 2. the remote is brought in, and the documents are read: a run does not begin on documents nobody can understand;
 * 3. what people asked for meanwhile is done, and only then does the run begin, and with it the dispatch.
 *
 * @returns why the remote cannot be brought in, which a person has to mend first (T8); null: the run has begun.
 */
export async function recover(
  bench: Bench,
  { fold, observer, options }: { fold: Fold; observer: Observer; options: RunOptions },
): Promise<Failure | null> {
  const { sync } = bench.parts;
  const refused = await sync.check();
  if (refused !== null) throw new EngineError('repository', refused.text, null);
  await endOrphans(bench);
  for (const effect of outstanding(bench.state)) performEffect(bench, effect);
  const failure = await pull(bench);
  if (failure !== null) return failure;
  endDeadRun(bench.state);
  await readLedger({ fold, observer });
  await takeCommands(bench, fold);
  await fold({ type: 'run-started', only: options.only, limit: options.limit });
  return null;
}

async function pull({ parts, ledgerTurns }: Bench): Promise<Failure | null> {
  if (parts.playbook.git.remote === null) return null;
  return ledgerTurns.pass(() => parts.sync.pull());
}

async function readLedger({ fold, observer }: { fold: Fold; observer: Observer }): Promise<void> {
  const news = await observer.lookNow();
  const reading = observer.last();
  if (reading !== null && !reading.ok) {
    const reason = 'the ledger cannot be understood';
    throw new EngineError('document', reason, 'correct it, check it with `cox lint`, and run cox again', {
      problems: reading.problems,
    });
  }
  if (news !== null) await fold(news);
}
