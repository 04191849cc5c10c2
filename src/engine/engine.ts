import { createState } from '../core/load.ts';
import type { Outcome } from '../core/rows.ts';
import type { Bench } from './bench.ts';
import { EngineError } from './engine-error.ts';
import { createFold } from './fold.ts';
import { takeLocks } from './locks.ts';
import { runLoop } from './loop.ts';
import { createMailbox } from './mailbox.ts';
import { createObserver } from './observe.ts';
import type { EngineParts, RunOptions } from './parts.ts';
import { endMessage } from './progress.ts';
import { recover } from './recover.ts';
import { createRemoteWatch } from './remote-watch.ts';
import { abandon, endAttempts, explainFailure } from './shutdown.ts';
import { createTurnstile } from './turnstile.ts';

/** One life of the orchestrator over a project. */
export interface Engine {
  /**
   * Runs until the playbook's stop conditions hold (E13). Resolves with the outcome; everything it started is gone then.
   *
   * @throws {EngineError} when the run cannot begin, or its state cannot be kept.
   */
  run(options: RunOptions): Promise<Outcome>;
  /**
   * First call: attempts are ended, their work is saved, and the run ends `interrupted`. Second call: at once; `run`
   * rejects with `aborted`, and what was lost sight of is found by the next run.
   */
  stop(): void;
}

/**
 * Assembles an engine. Nothing is read or taken before `run`.
 *
 * @example
 * const engine = openEngine({ root, playbook, store, ledger, sync, workspaces, agents, gates, clock, locks, listen });
 * const outcome = await engine.run({ only: null, limit: null });
 */
export function openEngine(parts: EngineParts): Engine {
  const mailbox = createMailbox();
  const stopping = new AbortController();
  let stops = 0;

  const live = async (bench: Bench, options: RunOptions): Promise<Outcome> => {
    const fold = createFold(bench, () => stopping.abort());
    const observer = createObserver(bench);
    const remote = createRemoteWatch(bench);
    const refused = await recover(bench, { fold, observer, options });
    if (refused === null) await runLoop({ bench, fold, observer, remote });
    else parts.listen({ type: 'asked', text: refused.text });
    stopping.abort();
    await endAttempts(bench);
    const end = endMessage(bench.state, refused);
    await tidy(parts);
    parts.listen(end);
    return end.outcome;
  };

  return {
    async run(options) {
      const locks = takeLocks(parts.locks);
      const bench: Bench = {
        parts,
        state: createState(parts.playbook, await parts.store.load()),
        mailbox,
        flights: new Map(),
        performing: new Set(),
        ledgerTurns: createTurnstile(),
        stopping: stopping.signal,
      };
      try {
        return await live(bench, options);
      } catch (error) {
        stopping.abort();
        const failure = explainFailure(error);
        if (failure instanceof EngineError && failure.code === 'aborted') await abandon(bench);
        else await endAttempts(bench);
        throw failure;
      } finally {
        for (const lock of locks) lock.release();
      }
    },
    stop() {
      stops += 1;
      if (stops === 1) mailbox.send({ type: 'operator', command: { do: 'stop' } });
      else mailbox.fail(new EngineError('aborted', 'it was interrupted twice', 'run cox again: it continues'));
    },
  };
}

/** What is not tidied up is in nobody's way: told, and left to the next run. */
async function tidy({ workspaces, listen }: EngineParts): Promise<void> {
  try {
    await workspaces.tidy();
  } catch (error) {
    listen({ type: 'problem', text: `The gate worktrees could not be removed: ${String(error)}` });
  }
}
