import type { Clock } from '../port/clock.ts';

const EVERY_MS = 1000;

export interface Meter {
  /** What the attempt has used so far. */
  set(tokens: number, costUsd: number): void;
  /** Drops what is not reported yet: the end of the attempt carries the totals. */
  close(): void;
}

/** Reports usage at most once a second, so that a chatty agent does not make a commit of every word. */
export function meter(clock: Clock, report: (tokens: number, costUsd: number) => void): Meter {
  let latest = { tokens: 0, costUsd: 0 };
  let cancel: (() => void) | null = null;
  return {
    set(tokens, costUsd) {
      latest = { tokens, costUsd };
      cancel ??= clock.after(EVERY_MS, () => {
        cancel = null;
        report(latest.tokens, latest.costUsd);
      });
    },
    close() {
      cancel?.();
      cancel = null;
    },
  };
}
