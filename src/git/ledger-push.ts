import { crashPoint } from '../process/crash-point.ts';
import { fail, GitError } from './failure.ts';
import type { LedgerPlace } from './ledger-check.ts';
import { pullLedger } from './ledger-pull.ts';
import { pushBranch } from './remote.ts';

/** Somebody else pushes all the time; after this many rounds a person should know. */
const TRIES = 5;

/**
 * Pushes the base branch (T3). Rejected because the remote has more: brought in and pushed again (T8). Everything on the
 * base branch goes along, also what a person committed there and did not push yet.
 */
export async function pushLedger(place: LedgerPlace): Promise<void> {
  const { repository, base, remote } = place;
  if (remote === null || !place.isPushed) return;
  for (let nth = 0; nth < TRIES; nth++) {
    crashPoint('ledger-push:before');
    const pushed = await pushBranch(repository, { remote, commit: `refs/heads/${base}`, branch: base });
    crashPoint('ledger-push:after');
    if (pushed.kind === 'there') return;
    if (pushed.kind === 'refused') throw new GitError(pushed.failure);
    await pullLedger(place);
  }
  const text = `Cannot push ${base} to ${remote}: somebody else pushed first ${TRIES} times in a row. Run again when it is quiet; nothing is lost.`;
  throw fail('workspace', 'push-race', text);
}
