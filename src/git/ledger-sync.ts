import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../core/failure.ts';
import type { GitSpec } from '../core/playbook.ts';
import type { LedgerSync } from '../port/ledger-sync.ts';
import { fail, failureOf } from './failure.ts';
import { checkCheckout, checkCommits, type LedgerPlace } from './ledger-check.ts';
import { commitLedger } from './ledger-commit.ts';
import { pullLedger } from './ledger-pull.ts';
import { pushLedger } from './ledger-push.ts';
import { inTurn } from './queue.ts';
import { openRepository } from './repository.ts';

export interface LedgerSyncOptions {
  /** Absolute. */
  readonly projectRoot: string;
  readonly git: GitSpec;
  /** The documents of the ledger, relative to the project root: a conflict in one of them is named as such. */
  readonly ledgerFiles: readonly string[];
}

/**
 * Carries the ledger between its file, the base branch and the remote (T3, T8). Every operation first makes sure that the
 * project's checkout is still on the base branch with nothing under way: a person may have switched in between.
 *
 * Pushing the base branch pushes everything on it, so also commits a person made there and did not push yet.
 *
 * @example
 * const sync = openLedgerSync({ projectRoot, git: playbook.git, ledgerFiles: ['docs/tasks.md'] });
 * const failure = (await sync.check()) ?? (await sync.pull());
 */
export function openLedgerSync(options: LedgerSyncOptions): LedgerSync {
  let known: LedgerPlace | null = null;
  const inPlace = (work: (place: LedgerPlace) => Promise<void>): Promise<Failure | null> =>
    failureOf(async () => {
      if (known === null || !existsSync(path.join(known.repository.admin, 'HEAD'))) known = await openPlace(options);
      const place = known;
      await inTurn(place.repository.common, async () => {
        await checkCheckout(place);
        await work(place);
      });
    });
  return {
    check: () => inPlace(checkCommits),
    commit: (files, message) => inPlace((place) => commitLedger(place, files, message)),
    pull: () => inPlace(pullLedger),
    push: () => inPlace(pushLedger),
  };
}

async function openPlace({ projectRoot, git, ledgerFiles }: LedgerSyncOptions): Promise<LedgerPlace> {
  const repository = await openRepository(projectRoot);
  if (repository === null) {
    const text = `${projectRoot} is not a git repository. Run \`git init\`, commit your files, then run again.`;
    throw fail('config', 'no-repository', text);
  }
  return { repository, root: projectRoot, base: git.base, remote: git.remote, isPushed: git.push, ledgerFiles };
}
