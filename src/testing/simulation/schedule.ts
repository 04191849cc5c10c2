import { createHeap } from '../../core/heap.ts';

/** What is going to happen, in order of time; equal times in the order in which they were planned. */
export interface Schedule {
  readonly now: number;
  /** Milliseconds from now. */
  after(ms: number, run: () => void): void;
  nextAt(): number | null;
  /** Moves time to the next entry, or to `at` when that comes first, and returns what is due. */
  take(): (() => void) | null;
  moveTo(at: number): void;
  clear(): void;
}

interface Entry {
  readonly at: number;
  readonly number: number;
  readonly run: () => void;
}

export function createSchedule(start: number): Schedule {
  const heap = createHeap<Entry>((a, b) => a.at - b.at || a.number - b.number);
  let now = start;
  let number = 0;
  return {
    get now() {
      return now;
    },
    after(ms, run) {
      number += 1;
      heap.push({ at: now + Math.max(0, Math.round(ms)), number, run });
    },
    nextAt: () => heap.peek()?.at ?? null,
    take() {
      const entry = heap.pop();
      if (entry === undefined) return null;
      now = Math.max(now, entry.at);
      return entry.run;
    },
    moveTo(at) {
      now = Math.max(now, at);
    },
    clear: () => heap.clear(),
  };
}
