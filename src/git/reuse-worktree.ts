import path from 'node:path';
import { crashPoint } from '../process/crash-point.ts';
import type { Checkout } from './checkouts.ts';
import { fail, lastWords } from './failure.ts';
import { adoptRefs } from './guard-file.ts';
import type { Job } from './job.ts';
import { keepCommit, ourMove, shelfRef, swapRef } from './keep.ts';
import { readTips, wantedSides } from './make-worktree.ts';
import { mergeIn } from './merge-in.ts';
import { type PlaceRecord, writeMarker, writeRecord } from './record.ts';
import { resolveCommit } from './repository.ts';
import { rescue } from './rescue.ts';
import { git, gitText } from './run.ts';
import { mendGitFile, operationUnderWay, removeStaleLocks, type Tree } from './tree.ts';

interface Reused {
  readonly checkout: Checkout;
  readonly record: PlaceRecord;
}

/**
 * Makes an existing worktree of the task fit for its next attempt. Uncommitted files of the last attempt stay: the same
 * session may go on with them. A half-done merge or rebase does not: it is saved and called off.
 */
export async function reuseWorktree(job: Job, { checkout, record }: Reused): Promise<PlaceRecord> {
  const { site, repo, request, root } = job;
  const { repository } = repo;
  const tree: Tree = { repository, root, admin: checkout.admin };
  await mendGitFile(tree, path.join(site.folder, 'rescued', request.task, `${record.fence}`, 'git'));
  await removeStaleLocks(tree, request.branch);
  await endOperation(tree, record);
  const tips = await readTips(job);
  // The branch itself can be gone (a worker deleted it): what is checked out is then all there is of it.
  const found = tips.local ?? (await resolveCommit(tree.root, 'HEAD')) ?? tips.from;
  await attach(tree, { job, record, tip: found, isBranchThere: tips.local !== null });
  const tip = await putBack(tree, record, found);
  const given = await wantedSides(job, tips.base);
  const merged = await mergeIn(repository, { branch: request.branch, tip, sides: given });
  if (merged !== tip) await advance(tree, job, merged);
  await adoptRefs(site, repository, { [`refs/heads/${request.branch}`]: merged });
  const commits = [...new Set([...record.given, ...given.map(({ commit }) => commit)])];
  const next: PlaceRecord = {
    ...record,
    repo: request.repo,
    admin: checkout.admin,
    fence: request.fence,
    given: commits,
  };
  await writeMarker(site, checkout.admin, next);
  return writeRecord(site, {
    ...next,
    start: record.start === null || record.start === tip ? merged : record.start,
    isTainted: false,
    state: 'ready',
  });
}

/**
 * An attempt that committed what it may not write is not built upon: its branch goes back to where the task began. The
 * work is in the archive, which the evidence names (O2: kept, and told what to do again without).
 */
async function putBack(tree: Tree, record: PlaceRecord, tip: string): Promise<string> {
  const { start } = record;
  if (!record.isTainted || start === null || start === tip) return tip;
  await rescue(tree, record);
  await keepCommit(tree.repository, shelfRef('archive', record.task, record.fence), tip);
  await gitText(`Cannot put ${record.branch} back`, ['reset', '--quiet', '--hard', start, '--'], {
    cwd: tree.root,
    env: ourMove('put back'),
  });
  return start;
}

async function endOperation(tree: Tree, record: PlaceRecord): Promise<void> {
  const operation = operationUnderWay(tree.admin);
  if (operation === null) return;
  await rescue(tree, record);
  const head = await resolveCommit(tree.root, 'HEAD');
  if (head !== null) await keepCommit(tree.repository, shelfRef('archive', record.task, record.fence), head);
  const end = operation.name === 'bisect' ? ['bisect', 'reset', 'HEAD'] : [operation.name, '--abort'];
  if ((await git(end, { cwd: tree.root })).exitCode === 0) return;
  // What cannot be called off (its own notes are broken) is forgotten; the files were saved.
  await gitText(`Cannot end the ${operation.name} in ${tree.root}`, ['reset', '--quiet', '--hard'], { cwd: tree.root });
  if (operation.name === 'rebase') await git(['rebase', '--quit'], { cwd: tree.root });
}

interface Attach {
  readonly job: Job;
  readonly record: PlaceRecord;
  readonly tip: string;
  readonly isBranchThere: boolean;
}

/** Back on the task's branch: it was detached when the last attempt was settled, or the worker left it. */
async function attach(tree: Tree, { job, record, tip, isBranchThere }: Attach): Promise<void> {
  const ref = `refs/heads/${job.request.branch}`;
  const cwd = tree.root;
  if (!isBranchThere) await swapRef(tree.repository, { ref, from: null, to: tip });
  const on = await git(['symbolic-ref', '--quiet', 'HEAD'], { cwd });
  if (on.stdout.trim() === ref) return;
  const head = await resolveCommit(cwd, 'HEAD');
  if (head === tip) {
    await gitText('Cannot go back to the branch', ['symbolic-ref', '-m', 'coxswain: attach', 'HEAD', ref], { cwd });
    return;
  }
  if (head !== null) await keepCommit(tree.repository, shelfRef('archive', record.task, record.fence), head);
  const args = ['checkout', '--quiet', job.request.branch, '--'];
  if ((await git(args, { cwd })).exitCode === 0) return;
  await rescue(tree, record);
  await gitText('Cannot go back to the branch', ['checkout', '--quiet', '--force', job.request.branch, '--'], { cwd });
}

async function advance(tree: Tree, { request }: Job, merged: string): Promise<void> {
  crashPoint('deps-merge:before');
  const args = ['-c', 'merge.autoStash=false', 'merge', '--quiet', '--ff-only', '--no-verify-signatures', merged];
  const result = await git(args, { cwd: tree.root, env: ourMove('merge') });
  crashPoint('deps-merge:after');
  if (result.exitCode === 0) return;
  const text = `Cannot merge what ${request.task} needs into ${request.branch}: files in ${tree.root} are in the way (${lastWords(result.stderr)}). Commit or remove them there, then retry.`;
  throw fail('workspace', 'dirty-in-the-way', text, result.stderr);
}
