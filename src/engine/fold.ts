import { step } from '../core/step.ts';
import type { SettledCommand } from '../port/store.ts';
import { crashPoint } from '../process/crash-point.ts';
import type { Bench } from './bench.ts';
import type { Report } from './mailbox.ts';
import { performEffect } from './perform.ts';
import { messagesOf } from './progress.ts';
import { giveSignal } from './signal.ts';

/** Folds one event into the state: decide, commit, and only then act (E2). */
export type Fold = (report: Report, settled?: SettledCommand) => Promise<void>;

/** @param onStopping Called when the state says that the run is to stop, whoever said so. */
export function createFold(bench: Bench, onStopping: () => void): Fold {
  const { store, clock, listen } = bench.parts;
  return async (report, settled) => {
    const before = 'key' in report ? bench.state.effects.get(report.key) : undefined;
    const { changes, effects, signals, entry } = step(bench.state, { ...report, at: clock.now() });
    if (changes !== null && entry !== null) {
      crashPoint('commit:before');
      await store.commit(changes, entry, settled);
      crashPoint('commit:after');
      for (const message of messagesOf(entry, before)) listen(message);
    } else if (settled !== undefined) {
      await store.settleCommand(settled.number, settled.refusal);
    }
    for (const effect of effects) performEffect(bench, effect);
    for (const signal of signals) giveSignal(bench, signal);
    if (bench.state.run.status === 'stopping') onStopping();
  };
}
