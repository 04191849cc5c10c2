import type { Bench } from './bench.ts';

/** Brings in what others pushed, now and then, while nothing of ours is being written (T3). */
export interface RemoteWatch {
  lookWhenDue(): void;
}

export function createRemoteWatch(bench: Bench): RemoteWatch {
  const { sync, clock, playbook, listen } = bench.parts;
  let lookedAt = clock.now();
  let told: string | null = null;
  return {
    lookWhenDue() {
      if (playbook.git.remote === null || clock.now() - lookedAt < playbook.limits.syncMs) return;
      if (!bench.ledgerTurns.isFree()) return;
      lookedAt = clock.now();
      const look = bench.ledgerTurns
        .pass(() => sync.pull())
        .then((failure) => {
          // Only told: nothing is lost while we are behind, and the next push stops the run if it cannot be mended.
          if (failure !== null && failure.text !== told) listen({ type: 'problem', text: failure.text });
          told = failure?.text ?? null;
        })
        .catch(bench.mailbox.fail)
        .finally(() => {
          bench.performing.delete(look);
          bench.mailbox.ring();
        });
      bench.performing.add(look);
    },
  };
}
