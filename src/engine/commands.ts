import { refusal } from '../core/operator.ts';
import type { Bench } from './bench.ts';
import type { Fold } from './fold.ts';

/**
 * Takes what other processes asked for (E14), in order. A command is settled in the transaction of its event, so that a
 * crash between the two cannot make it happen twice.
 */
export async function takeCommands(bench: Bench, fold: Fold): Promise<void> {
  const { store } = bench.parts;
  for (const { number, command } of await store.pendingCommands()) {
    const refused = refusal(bench.state, command);
    if (refused !== null) await store.settleCommand(number, refused);
    else await fold({ type: 'operator', command }, { number, refusal: null });
  }
}
