import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Checkout, listCheckouts } from './checkouts.ts';
import { fail } from './failure.ts';
import type { Job } from './job.ts';
import { newToken, type PlaceRecord, readMarker } from './record.ts';

/** What stands at the place of a task's worktree. */
export type Recognised =
  | { readonly kind: 'nothing' }
  /** Ours, whole, on this branch or detached from it. */
  | { readonly kind: 'ready'; readonly checkout: Checkout; readonly record: PlaceRecord }
  /** Ours, registered, but no worker was in it yet: it only has to be filled. */
  | { readonly kind: 'half'; readonly record: PlaceRecord }
  /** Ours, but of another branch or repository, without its folder, or on its way out: it must go first. */
  | { readonly kind: 'other'; readonly record: PlaceRecord };

/**
 * Looks at the place before anything is made there. A folder is ours when git registered it as a worktree and its git
 * folder holds our marker, or when our record says we had just begun to make it.
 *
 * @throws GitError when something stands there that is not ours, or the branch is checked out elsewhere.
 */
export async function recogniseWorktree(job: Job, record: PlaceRecord | null): Promise<Recognised> {
  const checkouts = await listCheckouts(job.repo.repository);
  refuseBranchElsewhere(job, checkouts);
  const here = checkouts.find(({ root }) => root === job.root);
  if (record?.state === 'removing') return { kind: 'other', record };
  if (record !== null && record.common !== job.repo.repository.common && record.state === 'ready')
    return { kind: 'other', record };
  return here === undefined ? unregistered(job, record) : registered(job, record, here);
}

async function registered(job: Job, record: PlaceRecord | null, here: Checkout): Promise<Recognised> {
  const marker = await readMarker(job.site, here.admin);
  const isMarked = marker?.task === job.request.task && (record === null || record.token === marker.token);
  const isBegun = record?.state === 'making' && (isMarked || here.lock === lockReason(record.token));
  if (isBegun) return half(job, { ...record, admin: here.admin }, here);
  if (!isMarked) throw foreign(job, here);
  const known = { ...(record ?? freshRecord(job, here)), admin: here.admin, token: marker.token };
  const isSame = known.branch === job.request.branch && here.isThere;
  return isSame ? { kind: 'ready', checkout: here, record: known } : { kind: 'other', record: known };
}

/** The record was lost with our folder, the marker was not: the worktree is recognised by it. */
function freshRecord({ request, repo, root }: Job, here: Checkout): PlaceRecord {
  const branch = here.branch?.replace('refs/heads/', '') ?? request.branch;
  const { task, fence } = request;
  const place = { repo: request.repo, common: repo.repository.common, root, admin: here.admin, branch };
  // A fence below the asked one, so that the start is taken anew.
  return {
    version: 1,
    task,
    fence: fence - 1,
    ...place,
    start: null,
    origin: null,
    isTainted: false,
    given: [],
    token: newToken(),
    state: 'ready',
  };
}

/** Given to `worktree add`, which writes it first of all: by it a worktree is known as ours before the marker is there. */
export function lockReason(token: string): string {
  return `coxswain ${token}`;
}

/**
 * A kill in the middle of making. Nobody was let in, so what git registered whole can be filled, and anything less can be
 * thrown away.
 */
async function half(job: Job, record: PlaceRecord, here: Checkout): Promise<Recognised> {
  const gitFile = await readFile(path.join(here.root, '.git'), 'utf8').catch(() => '');
  const isWhole = gitFile.trim() === `gitdir: ${here.admin}` && here.head !== null && !/^0+$/.test(here.head);
  const isFor = here.branch === `refs/heads/${job.request.branch}`;
  const isNow = record.fence === job.request.fence && record.common === job.repo.repository.common;
  return isWhole && isFor && isNow ? { kind: 'half', record } : { kind: 'other', record };
}

async function unregistered(job: Job, record: PlaceRecord | null): Promise<Recognised> {
  const names = await readdir(job.root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw inTheWay(job, 'a file');
  });
  if (names === null || names.length === 0) return { kind: 'nothing' };
  if (record?.state === 'making' && names.every((name) => name === '.git')) {
    await rm(job.root, { recursive: true });
    return { kind: 'nothing' };
  }
  throw inTheWay(job, 'a folder');
}

function inTheWay(job: Job, what: string) {
  const text = `Cannot make the worktree of ${job.request.task}: ${what} that is not ours is in the way at ${job.root}. Move it away, then retry.`;
  return fail('workspace', 'folder-in-way', text);
}

function foreign(job: Job, here: Checkout) {
  const next = here.isThere
    ? `Remove it with \`git worktree remove ${here.root}\` or move it, then retry.`
    : 'Its folder is missing: run `git worktree prune`, then retry.';
  const text = `Cannot make the worktree of ${job.request.task}: ${here.root} is a worktree that Coxswain did not make. ${next}`;
  return fail('workspace', here.isThere ? 'foreign-worktree' : 'worktree-missing', text);
}

function refuseBranchElsewhere({ request, root }: Job, checkouts: readonly Checkout[]): void {
  const other = checkouts.find((each) => each.branch === `refs/heads/${request.branch}` && each.root !== root);
  if (other === undefined) return;
  const where = `Cannot work on ${request.branch} for ${request.task}: it is checked out in ${other.root}`;
  const text = other.isThere
    ? `${where}. Switch that checkout to another branch, then retry.`
    : `${where}, whose folder is missing. Run \`git worktree prune\`, then retry.`;
  throw fail('workspace', other.isThere ? 'branch-checked-out' : 'worktree-missing', text);
}
