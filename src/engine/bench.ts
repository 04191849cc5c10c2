import type { Result } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { State } from '../core/state.ts';
import type { Mailbox } from './mailbox.ts';
import type { EngineParts } from './parts.ts';
import type { Turnstile } from './turnstile.ts';

/** What performing effects works with. It reads the state for names and texts; it decides nothing. */
export interface Bench {
  readonly parts: EngineParts;
  readonly state: State;
  readonly mailbox: Mailbox;
  /** Effects that are being performed, by key, each with the way to end it early. */
  readonly flights: Map<string, AbortController>;
  /** Everything begun and not yet ended; empty before the engine lets go of the project. */
  readonly performing: Set<Promise<unknown>>;
  /** Everything that writes, pulls or reads the ledger's documents, one after the other. */
  readonly ledgerTurns: Turnstile;
  /** Aborted when the run stops: what only waits ends, and stays outstanding for the next run. */
  readonly stopping: AbortSignal;
}

/** How performing an effect went: its result, or why it could not be done for a reason that is not the task's. */
export type Performed<K extends Result['kind']> =
  | { readonly ok: true; readonly result: Extract<Result, { kind: K }> }
  | { readonly ok: false; readonly failure: Failure };

export function done<K extends Result['kind']>(result: Extract<Result, { kind: K }>): Performed<K> {
  return { ok: true, result };
}

export function notDone(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}

/** The run stops, and this waits for the next one. */
export function interrupted(what: string): { readonly ok: false; readonly failure: Failure } {
  return notDone({
    class: 'config',
    code: 'interrupted',
    text: `The run was stopped while ${what}; the next run does it again.`,
    evidence: '',
  });
}
