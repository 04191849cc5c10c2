import { existsSync } from 'node:fs';
import type { CleanupRequest } from '../port/workspace.ts';
import { crashPoint } from '../process/crash-point.ts';
import { removeGuards } from './guard-file.ts';
import { closeKeeper } from './keeper.ts';
import { inTurn } from './queue.ts';
import { type PlaceRecord, readRecord } from './record.ts';
import { keepWork, removeTree } from './remove-tree.ts';
import { type Repository, repositoryAt } from './repository.ts';
import { git, gitText } from './run.ts';
import type { Site } from './site.ts';

/**
 * Keeps the work under refs of ours, proves that it is kept, then frees the branch (E7): the worktree is removed, or with
 * `keep` detached from the branch and left as it is for a person. The branch itself stays. Doing it again does nothing.
 *
 * @throws GitError when something is not kept, or the folder is not ours.
 */
export async function cleanup(site: Site, { task, fence, keep, isDone }: CleanupRequest): Promise<void> {
  const record = await readRecord(site, task);
  if (record !== null) {
    await inTurn(record.common, () => settle(site, { record, fence, keep, isDone }));
  }
  await removeGuards(site, task);
  if (record !== null) await closeKeeper(site, record.common);
}

interface Settling {
  readonly record: PlaceRecord;
  readonly fence: number;
  readonly keep: boolean;
  readonly isDone: boolean;
}

async function settle(site: Site, { record, fence, keep, isDone }: Settling): Promise<void> {
  const repository = repositoryAt(record.common);
  const isWhole = repository !== null && record.admin !== null && existsSync(record.root) && record.state === 'ready';
  if (!keep || !isWhole || record.admin === null) return removeTree(site, { record, fence, isDone });
  await keepWork(site, { repository, root: record.root, admin: record.admin }, { record, fence });
  await detach(repository, record.admin);
}

/** Frees the branch without touching a file: `HEAD` names the commit instead of the branch. */
async function detach(repository: Repository, admin: string): Promise<void> {
  const call = { cwd: repository.common, env: { GIT_DIR: admin } };
  const on = await git(['symbolic-ref', '--quiet', 'HEAD'], call);
  const tip = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], call);
  if (on.exitCode !== 0 || tip.exitCode !== 0) return;
  crashPoint('worktree-detach:before');
  const args = ['update-ref', '--no-deref', '-m', 'coxswain: detach', 'HEAD', tip.stdout.trim()];
  await gitText('Cannot detach the worktree', args, call);
  crashPoint('worktree-detach:after');
}
