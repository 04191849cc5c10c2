/** Lets one piece of work through at a time, in the order of asking. */
export interface Turnstile {
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Nobody is inside and nobody waits. */
  isFree(): boolean;
}

export function createTurnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    async pass(work) {
      waiting += 1;
      const turn = last.then(work);
      // A failure belongs to its own caller; the next one goes on.
      last = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        waiting -= 1;
      }
    },
    isFree: () => waiting === 0,
  };
}
