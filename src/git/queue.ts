/** Last promise of each repository, by its common git folder. */
const tails = new Map<string, Promise<unknown>>();

/**
 * Runs `work` when everything queued before it for that repository has ended (M1): git's locks make two writers at once
 * fail, not wait. `key` is the common git folder, so that two projects in one process share the queue of their repository.
 * A queued piece of work must not queue another one for the same repository and wait for it.
 */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve();
  const turn = before.then(work, work);
  const settled = turn.catch(() => undefined);
  tails.set(key, settled);
  try {
    return await turn;
  } finally {
    if (tails.get(key) === settled) tails.delete(key);
  }
}
