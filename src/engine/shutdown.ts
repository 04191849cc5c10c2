import process from 'node:process';
import { findDetached } from '../process/spawn-detached.ts';
import { processTree } from '../process/tree.ts';
import { StoreError } from '../store/store-error.ts';
import type { Bench } from './bench.ts';
import { EngineError } from './engine-error.ts';
import { attemptFolder } from './project-files.ts';

/**
 * Lets SIGINT, SIGTERM and SIGHUP end a run in good order (I3): the first one stops it, a second one drops it.
 *
 * @returns the way to take the handlers off again.
 */
export function stopOnSignals(engine: { stop(): void }): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => engine.stop();
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}

/** After an error of ours: agents must not go on without anybody to read them. Their work stays in the worktrees. */
export async function endAttempts(bench: Bench): Promise<void> {
  for (const flight of bench.flights.values()) flight.abort();
  await Promise.allSettled(bench.performing);
}

/** After a second signal: no grace, no reading; the next run finds the attempts ended and takes them up (E4). */
export async function abandon(bench: Bench): Promise<void> {
  const folders = [...bench.flights.keys()].flatMap((key) => {
    const effect = bench.state.effects.get(key);
    return effect?.kind === 'attempt' ? [attemptFolder(bench.parts.root, effect.task, effect.fence)] : [];
  });
  await Promise.all(folders.map(killNow));
}

async function killNow(folder: string): Promise<void> {
  const found = findDetached(folder);
  if (found.state !== 'running') return;
  await processTree(found.marker, found.identity).end({ graceMs: 0, from: 'SIGKILL' });
}

/** What ended the engine, as an error with a next step where there is one; a bug stays as it is (exit 70). */
export function explainFailure(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  return new EngineError('store', error.message, null, { cause: error });
}
