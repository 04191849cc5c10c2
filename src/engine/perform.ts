import type { Effect } from '../core/effect.ts';
import type { Result } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import { GitError } from '../git/failure.ts';
import type { Bench, Performed } from './bench.ts';
import { performAttempt } from './perform/attempt.ts';
import { performCleanup } from './perform/cleanup.ts';
import { performGate } from './perform/gate.ts';
import { performAdvance, performCandidate, performCollect } from './perform/land.ts';
import { performPrepare } from './perform/prepare.ts';
import { performPush } from './perform/push.ts';
import { performRecord } from './perform/record.ts';
import { performStep } from './perform/step.ts';

/**
 * Begins to perform an effect; what came of it arrives as an event that carries its key (E2, E3). What the machine
 * refuses (a full disk, a missing permission) leaves the effect outstanding for a person to mend and the next run to
 * perform again; anything else that is thrown is a bug and ends the engine.
 */
export function performEffect(bench: Bench, effect: Effect): void {
  const { key } = effect;
  const flight = new AbortController();
  bench.flights.set(key, flight);
  const work = perform(bench, effect, flight.signal)
    .then(
      (performed) => {
        if (performed.ok) bench.mailbox.send({ type: 'effect-ended', key, result: performed.result });
        else bench.mailbox.send({ type: 'effect-failed', key, failure: performed.failure });
      },
      (error: unknown) => {
        const failure = failureIn(effect, error);
        if (failure === null) bench.mailbox.fail(error);
        else bench.mailbox.send({ type: 'effect-failed', key, failure });
      },
    )
    .finally(() => {
      bench.flights.delete(key);
      bench.performing.delete(work);
    });
  bench.performing.add(work);
}

function perform(bench: Bench, effect: Effect, signal: AbortSignal): Promise<Performed<Result['kind']>> {
  switch (effect.kind) {
    case 'record':
      return performRecord(bench, effect);
    case 'prepare':
      return performPrepare(bench, effect);
    case 'attempt':
      return performAttempt(bench, effect, signal);
    case 'gate':
      return performGate(bench, effect, signal);
    case 'push':
      return performPush(bench, effect);
    case 'collect':
      return performCollect(bench, effect);
    case 'candidate':
      return performCandidate(bench, effect);
    case 'advance':
      return performAdvance(bench, effect);
    case 'cleanup':
      return performCleanup(bench, effect);
    case 'step':
      return performStep(bench, effect);
  }
}

const MACHINE_CODES = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  'EIO',
  'ENOMEM',
  'EAGAIN',
]);

/** null: a bug, or a state that cannot be kept. */
function failureIn(effect: Effect, error: unknown): Failure | null {
  if (error instanceof GitError) return error.failure;
  const isOfMachine = error instanceof Error && 'code' in error && MACHINE_CODES.has(String(error.code));
  if (!isOfMachine) return null;
  const of = 'task' in effect ? effect.task : effect.of;
  const text = `Cannot ${effect.kind} ${of}: ${error.message}. Mend that (free space, permissions, open files) and run cox again.`;
  return { class: 'workspace', code: 'machine', text, evidence: '' };
}
