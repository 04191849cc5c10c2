import { existsSync } from 'node:fs';
import path from 'node:path';
import { branchProblem, idProblem } from '../core/names.ts';
import type { Place, PrepareRequest } from '../port/workspace.ts';
import { fail } from './failure.ts';
import type { Job } from './job.ts';
import { fillWorktree, makeWorktree } from './make-worktree.ts';
import { inTurn } from './queue.ts';
import { recogniseWorktree } from './recognise.ts';
import { type PlaceRecord, readRecord, writeRecord } from './record.ts';
import { removeTree } from './remove-tree.ts';
import { reuseWorktree } from './reuse-worktree.ts';
import { repoPlace, type Site, worktreeRoot } from './site.ts';

/**
 * A worktree on the task's branch with everything merged in that it needs (M1, T13, K4, K7), made or found. Idempotent
 * under task and fence, also after a kill at any point: the record says before every step what is about to be there.
 *
 * @throws GitError `workspace` for what is in the way, `merge` for a conflict, `config` for a name that leads nowhere.
 */
export async function prepare(site: Site, request: PrepareRequest): Promise<Place> {
  checkNames(request);
  const repo = await repoPlace(site, request.repo);
  if (request.branch === repo.base) {
    const text = `Cannot work on ${request.branch}: it is the base branch. Give task ${request.task} a branch of its own.`;
    throw fail('workspace', 'branch-is-base', text);
  }
  const job: Job = { site, repo, request, root: worktreeRoot(site, request.task) };
  const made = await inTurn(repo.repository.common, () => settle(job));
  // Filling a worktree takes long in a large repository and touches nothing that others share: not in the queue.
  const ready = made.state === 'making' ? await writeRecord(site, await fillWorktree(job, made)) : made;
  return placeOf(job, ready);
}

function checkNames({ task, branch }: PrepareRequest): void {
  const id = idProblem(task);
  if (id !== null)
    throw fail('document', 'bad-id', `The task id ${JSON.stringify(task)} ${id}. Rename it in the ledger.`);
  const name = branchProblem(branch);
  if (name !== null) {
    throw fail(
      'document',
      'bad-branch',
      `The branch ${JSON.stringify(branch)} of ${task} ${name}. Rename it in the ledger.`,
    );
  }
}

async function settle(job: Job): Promise<PlaceRecord> {
  const { site, request, root } = job;
  const record = await readRecord(site, request.task);
  const found = await recogniseWorktree(job, record);
  if (found.kind === 'ready') return reuseWorktree(job, found);
  if (found.kind === 'half') return found.record;
  if (found.kind === 'other') {
    // Its row names another branch now: what began on the old one says nothing about this.
    await removeTree(site, { record: found.record, fence: found.record.fence, isDone: true });
  }
  return makeWorktree(job, record?.root === root ? record.token : null);
}

function placeOf({ repo, request, root }: Job, record: PlaceRecord): Place {
  const folder = path.join(root, repo.folder);
  if (!existsSync(folder)) {
    const text = `Branch ${request.branch} has no folder ${repo.folder}. Correct repos: in coxswain.yaml, or the repo of ${request.task}.`;
    throw fail('workspace', 'no-folder', text);
  }
  return { path: folder, root, branch: request.branch, base: repo.base, start: record.start ?? '' };
}
