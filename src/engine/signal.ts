import type { Signal } from '../core/effect.ts';
import type { Bench } from './bench.ts';
import { notify } from './notify.ts';
import { performEffect } from './perform.ts';

/** Does what the core asks for without waiting for it: doing it again, or not at all, changes nothing that is stored. */
export function giveSignal(bench: Bench, signal: Signal): void {
  switch (signal.kind) {
    case 'stop-attempt':
      bench.flights.get(signal.key)?.abort();
      return;
    case 'perform-again':
      performAgain(bench, signal.key);
      return;
    case 'notify':
      notify(bench, signal.text);
      return;
  }
}

function performAgain(bench: Bench, key: string): void {
  const effect = bench.state.effects.get(key);
  if (effect !== undefined && !bench.flights.has(key)) performEffect(bench, effect);
}
