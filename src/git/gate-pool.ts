import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { crashPoint } from '../process/crash-point.ts';
import { listCheckouts } from './checkouts.ts';
import { commandFailure, fail } from './failure.ts';
import { inTurn } from './queue.ts';
import { isRealFolder } from './record.ts';
import { resolveCommit, short } from './repository.ts';
import { git, gitText } from './run.ts';
import { ownFolder, type RepoPlace, repoPlace, type Site } from './site.ts';

export interface GatePlace {
  readonly path: string;
  release(): Promise<void>;
}

/** Slots in use by this process, by absolute folder. Another process has no business in our folder: the run lock says so. */
const taken = new Set<string>();

/**
 * A clean checkout of exactly `commit`, everything in it, the ledger too (T6, DESIGN trap 11). It comes from a pool of
 * detached worktrees; what is ignored (`node_modules`, build caches) stays from the last use, everything else is removed.
 * Submodules are not filled: a gate that needs them runs `git submodule update --init` first.
 *
 * @throws GitError when the commit is not there or the place cannot be made.
 */
export async function gatePlace(
  site: Site,
  request: { readonly repo: string | null; readonly commit: string },
): Promise<GatePlace> {
  const repo = await repoPlace(site, request.repo);
  const { commit } = request;
  const slot = await takeSlot(site, repo);
  try {
    await checkOut(repo, slot, commit);
    const folder = path.join(slot, repo.folder);
    if (!existsSync(folder))
      throw fail('gate', 'no-folder', `Commit ${short(commit)} has no folder ${repo.folder} to run gates in.`);
    return { path: folder, release: async () => void taken.delete(slot) };
  } catch (error) {
    taken.delete(slot);
    if ((await resolveCommit(repo.repository.common, commit)) !== null) throw error;
    throw fail('gate', 'no-commit', `Cannot run gates on ${short(commit)}: it is not in ${repo.repository.root}.`);
  }
}

/** The lowest free slot, so that the pool stays as small as gates ever ran at once. */
async function takeSlot(site: Site, repo: RepoPlace): Promise<string> {
  const pool = await ownFolder(site, 'gate-pool');
  const name = repo.isProject ? '' : `${repo.name}-`;
  for (let nth = 0; ; nth++) {
    const slot = path.join(pool, `${name}${nth}`);
    if (taken.has(slot)) continue;
    taken.add(slot);
    return slot;
  }
}

async function checkOut(repo: RepoPlace, slot: string, commit: string): Promise<void> {
  if (!(await isOurs(repo, slot))) await makeSlot(repo, slot, commit);
  crashPoint('gate-checkout:before');
  const first = await fill(repo, slot, commit);
  if (first !== null) {
    // A gate can break its own worktree. It holds nothing of value: once more from nothing.
    await makeSlot(repo, slot, commit);
    const second = await fill(repo, slot, commit);
    if (second !== null) throw commandFailure(`Cannot check out ${short(commit)} for gates`, second);
  }
  crashPoint('gate-checkout:after');
}

async function isOurs({ repository }: RepoPlace, slot: string): Promise<boolean> {
  const text = await readFile(path.join(slot, '.git'), 'utf8').catch(() => '');
  const admin = text.trim().replace(/^gitdir: /, '');
  return path.dirname(admin) === path.join(repository.common, 'worktrees') && existsSync(path.join(admin, 'HEAD'));
}

/** The pool's folders are ours by their place; a link in there is refused. */
async function makeSlot({ repository }: RepoPlace, slot: string, commit: string): Promise<void> {
  await inTurn(repository.common, async () => {
    if (existsSync(slot) && !(await isRealFolder(slot))) {
      throw fail('gate', 'not-a-folder', `Cannot use ${slot} for gates: it is a link. Remove it, then retry.`);
    }
    const isKnown = (await listCheckouts(repository)).some(({ root }) => root === slot);
    if (isKnown) await git(['worktree', 'remove', '--force', '--force', '--', slot], { cwd: repository.common });
    await rm(slot, { recursive: true, force: true });
    const args = ['worktree', 'add', '--force', '--detach', '--no-checkout', slot, commit];
    await gitText('Cannot make a worktree for gates', args, { cwd: repository.common });
  });
}

/** null, or what git said against it. */
async function fill({ repository }: RepoPlace, slot: string, commit: string): Promise<string | null> {
  const admin = (await readFile(path.join(slot, '.git'), 'utf8')).trim().replace(/^gitdir: /, '');
  if (path.dirname(admin) !== path.join(repository.common, 'worktrees')) return 'error: not our worktree';
  await rm(path.join(admin, 'index.lock'), { force: true });
  const call = { cwd: slot, config: ['checkout.workers=0'] };
  const steps = [
    ['checkout', '--quiet', '--force', '--detach', commit, '--'],
    // Twice forced: a repository that a gate made in there goes too.
    ['clean', '--quiet', '-ffd'],
  ];
  for (const step of steps) {
    const result = await git(step, call);
    if (result.exitCode !== 0) return result.stderr;
  }
  return null;
}
