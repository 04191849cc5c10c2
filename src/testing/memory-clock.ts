import type { Clock } from '../port/clock.ts';

/** A clock that stands still until a test moves it. */
export interface MemoryClock extends Clock {
  /** Moves it on, and calls whoever is due, in order. */
  advance(ms: number): void;
}

export function openMemoryClock(start = Date.UTC(2026, 0, 1)): MemoryClock {
  let now = start;
  let number = 0;
  const timers = new Map<number, { readonly at: number; readonly call: () => void }>();

  const nextDue = (until: number) =>
    [...timers].filter(([, { at }]) => at <= until).sort(([a, one], [b, other]) => one.at - other.at || a - b)[0];

  return {
    now: () => now,
    after(ms, call) {
      number += 1;
      const id = number;
      timers.set(id, { at: now + ms, call });
      return () => timers.delete(id);
    },
    advance(ms) {
      const until = now + ms;
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        const [id, { at, call }] = due;
        timers.delete(id);
        now = Math.max(now, at);
        call();
      }
      now = until;
    },
  };
}
