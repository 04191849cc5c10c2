import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crashPoint } from '../process/crash-point.ts';
import { fail } from './failure.ts';
import { type KnownRefs, keepCommit, keepLeftBehind, originRef, shelfRef, swapRef } from './keep.ts';
import { isRealFolder, type PlaceRecord, readMarker, removeRecord, writeRecord } from './record.ts';
import { readHeadLog } from './reflog.ts';
import { lines, type Repository, readRefs, repositoryAt, resolveCommit, short, splitOnce } from './repository.ts';
import { rescue } from './rescue.ts';
import { git, gitText } from './run.ts';
import type { Site } from './site.ts';
import { mendGitFile, type Tree } from './tree.ts';
import { treeHead } from './tree-head.ts';

interface Settled {
  readonly record: PlaceRecord;
  /** The attempt its work is kept under. */
  readonly fence: number;
}

interface Removal extends Settled {
  /** What the task's next life is judged by begins then, and not with this one. */
  readonly isDone: boolean;
}

/** Everything a worktree holds is kept under refs of ours: files, branch, a detached head, commits it left behind. */
export async function keepWork(site: Site, tree: Tree, { record, fence }: Settled): Promise<readonly string[]> {
  const { repository } = tree;
  await mendGitFile(tree, path.join(site.folder, 'rescued', record.task, `${fence}`, 'git'));
  const { left } = await rescue(tree, { task: record.task, fence });
  const refs = await refsOf(repository, record);
  const name = shelfRef('archive', record.task, fence);
  const kept = await tipsOf(tree, record, refs);
  for (const [nth, tip] of kept.entries()) await keepCommit(repository, name, tip, nth === 0 ? refs : undefined);
  const seen = (await readHeadLog(tree.admin)).map(({ to }) => to);
  await keepLeftBehind(repository, name, { seen, kept: [...kept, ...(record.start === null ? [] : [record.start])] });
  return left;
}

/** The branch of a worktree, and everything of its task that we keep. */
async function refsOf(repository: Repository, record: PlaceRecord): Promise<KnownRefs> {
  const globs = (['archive', 'rescue'] as const).map((shelf) => `refs/coxswain/${shelf}/${record.task}/`);
  const args = ['for-each-ref', '--format=%(refname) %(objectname)', '--', `refs/heads/${record.branch}`, ...globs];
  const out = await gitText('Cannot read refs', args, { cwd: repository.common });
  return Object.fromEntries(lines(out).map((line) => splitOnce(line, ' ')));
}

/** What must not be lost with the worktree: its branch, and what it has checked out if that is something else. */
async function tipsOf(tree: Tree, record: PlaceRecord, refs: KnownRefs): Promise<readonly string[]> {
  const head = await treeHead(tree, refs);
  const elsewhere =
    head.commit === null && head.branch !== null ? await resolveCommit(tree.repository.common, head.branch) : null;
  const tips = [refs[`refs/heads/${record.branch}`], head.commit, elsewhere];
  return [...new Set(tips.filter((sha) => sha !== undefined && sha !== null))];
}

/**
 * Removes the worktree of a record, and the record: only a folder that git and our marker (or our record, where nobody was
 * let in yet) say is ours, never through a link, and only after its work is proven to be kept (E7).
 */
export async function removeTree(site: Site, { record, fence, isDone }: Removal): Promise<void> {
  const repository = repositoryAt(record.common);
  if (repository === null) {
    await removeRecord(site, record.task);
    return;
  }
  const tree = { repository, root: record.root, admin: record.admin ?? '' };
  const isThere = existsSync(record.root);
  if (isThere) await proveOurs(site, record);
  if (isThere && record.state === 'ready') {
    const left = await keepWork(site, tree, { record, fence });
    await moveAside(site, { record, fence }, left);
  } else if (record.state === 'ready') await keepHeadOfMissing(tree, { record, fence });
  if (record.state === 'ready') await proveKept(tree, { record, fence });
  await writeRecord(site, { ...record, state: record.state === 'ready' ? 'removing' : record.state });
  crashPoint('worktree-remove:before');
  // Twice forced: once for files that were saved, once for a lock of an interrupted `worktree add`.
  const removed = await git(['worktree', 'remove', '--force', '--force', '--', record.root], {
    cwd: repository.common,
  });
  if (removed.exitCode !== 0) await removeByHand(record);
  crashPoint('worktree-remove:after');
  if (!isDone && record.isTainted) await takeBack(repository, { record, fence });
  else await keepOrigin(repository, record, isDone);
  await removeRecord(site, record.task);
}

async function proveOurs(site: Site, record: PlaceRecord): Promise<void> {
  const where = `Will not remove ${record.root}`;
  if (!(await isRealFolder(record.root))) {
    throw fail(
      'workspace',
      'not-a-folder',
      `${where}: it is a link or no folder. Look at what it is and remove it yourself.`,
    );
  }
  if (record.state !== 'ready') return;
  const marker = record.admin === null ? null : await readMarker(site, record.admin);
  if (marker?.token === record.token && marker.task === record.task) return;
  throw fail(
    'workspace',
    'foreign-worktree',
    `${where}: it does not have our marker. Remove it yourself if nobody needs it.`,
  );
}

/** The folder is gone already; its git folder still knows what was checked out. */
async function keepHeadOfMissing(tree: Tree, { record, fence }: Settled): Promise<void> {
  const tips = await tipsOf(tree, record, await refsOf(tree.repository, record));
  for (const tip of tips) await keepCommit(tree.repository, shelfRef('archive', record.task, fence), tip);
}

/** E7: looked at once more, right before the removal, by reachability and not by our own belief. */
async function proveKept(tree: Tree, { record, fence }: Settled): Promise<void> {
  const { repository } = tree;
  // Mostly one ref of ours is all there is, and it holds exactly what the worktree has.
  const archive = shelfRef('archive', record.task, fence);
  const first = Object.fromEntries(await readRefs(repository, [`refs/heads/${record.branch}`, archive]));
  if ((await tipsOf(tree, record, first)).every((tip) => tip === first[archive])) return;
  const refs = await refsOf(repository, record);
  const kept = Object.entries(refs).filter(([name]) => name.startsWith('refs/coxswain/'));
  const has = new Set(kept.map(([, sha]) => sha));
  const unsure = (await tipsOf(tree, record, refs)).filter((tip) => !has.has(tip));
  if (unsure.length === 0) return;
  const args = ['rev-list', '--max-count=1', ...unsure, '--not', ...has];
  const lost = await git(args, { cwd: repository.common });
  if (lost.exitCode === 0 && lost.stdout.trim() === '') return;
  const text = `Will not remove ${record.root}: commit ${short(lost.stdout.trim())} of ${record.task} is kept nowhere else. Keep it on a branch, then retry.`;
  throw fail('workspace', 'not-kept', text, lost.stderr);
}

/** Files that did not go into the repository are moved next to it: same disk, nothing is copied. */
async function moveAside(site: Site, { record, fence }: Settled, left: readonly string[]): Promise<void> {
  for (const name of left) {
    const target = path.join(site.folder, 'rescued', record.task, `${fence}`, 'files', name);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(path.join(record.root, name), target);
  }
}

/**
 * A task that was given up with something in its branch that its worker may not write: the branch goes back to where the
 * task began, so that nobody lands it unseen, not this task's next life nor another task on the same branch. The work
 * stays under the archive ref.
 */
async function takeBack(repository: Repository, { record }: Settled): Promise<void> {
  const refs = await refsOf(repository, record);
  const ref = `refs/heads/${record.branch}`;
  const tip = refs[ref];
  const isKept = Object.entries(refs).some(([name, sha]) => name.startsWith('refs/coxswain/') && sha === tip);
  if (record.start === null || tip === undefined || tip === record.start || !isKept) return;
  await swapRef(repository, { ref, from: tip, to: record.start });
}

/**
 * Where a task began that is not done: its next life goes on from the commits of this one, which nobody has accepted, so
 * that they are judged again, and count as its own.
 */
async function keepOrigin(repository: Repository, record: PlaceRecord, isDone: boolean): Promise<void> {
  const ref = originRef(record.task);
  const to = isDone ? null : record.start;
  if (record.origin !== to) await swapRef(repository, { ref, from: record.origin, to });
}

/** What git refuses to remove (it was half gone, or holds a submodule). `rm` removes links, it does not follow them. */
async function removeByHand(record: PlaceRecord): Promise<void> {
  await rm(record.root, { recursive: true, force: true });
  const admin = record.admin;
  if (admin === null || path.dirname(admin) !== path.join(record.common, 'worktrees')) return;
  if (await isRealFolder(admin)) await rm(admin, { recursive: true, force: true });
}
