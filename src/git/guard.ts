import { listCheckouts } from './checkouts.ts';
import { fail } from './failure.ts';
import { type Guard, readGuard, readGuards, removeGuards, writeGuard } from './guard-file.ts';
import { hookFolders } from './hook-folders.ts';
import { openKeeper } from './keeper.ts';
import { readRecord, readRecords } from './record.ts';
import { headLogBytes } from './reflog.ts';
import type { Repository } from './repository.ts';
import { repoPlace, type Site } from './site.ts';
import { type Checkouts, readAllRefs, takeSnapshot } from './snapshot.ts';

interface GuardRequest {
  readonly task: string;
  readonly fence: number;
}

/**
 * Remembers what must not change while the attempt runs (O3, O4). Asked again for the same attempt, as after a restart of
 * ours, it keeps what it has: the attempt may have been at work since.
 */
export async function guard(site: Site, { task, fence }: GuardRequest): Promise<void> {
  const known = await readGuard(site, task, fence);
  if (known !== null && known.endedAt !== null) return;
  const record = await readRecord(site, task);
  if (record === null) {
    throw fail('workspace', 'no-worktree', `Cannot guard an attempt at ${task}: it has no worktree. Prepare it first.`);
  }
  const { repository } = await repoPlace(site, record.repo);
  const { common, branch } = record;
  if (known === null) {
    // Earlier attempts of the same task are over; their guards must not be taken for running ones.
    await removeGuards(site, task);
    const at = Date.now();
    const checkouts = await watchedCheckouts(site, repository);
    // Before the refs: a commit between the two is then explained by the log, and nobody is blamed for it.
    const logs = await Promise.all(checkouts.watched.map(({ admin }) => headLogBytes(admin)));
    const logBytes = new Map(checkouts.watched.map(({ root }, nth) => [root, logs[nth] ?? 0]));
    const refs = await readAllRefs(repository);
    const seen = await takeSnapshot(site, repository, checkouts);
    const places = seen.checkouts.map((each) => ({ ...each, logBytes: logBytes.get(each.root) ?? each.logBytes }));
    const over = { endedAt: null, found: [], warnings: [] };
    await writeGuard(site, { version: 1, task, fence, common, branch, at, refs, ...seen, checkouts: places, ...over });
  }
  const guards = await readGuards(site);
  const isFirst = !guards.some((each) => each.task !== task && each.common === common && each.endedAt === null);
  await openKeeper(site, { common, folders: await hookFolders(repository), isFirst: isFirst && known === null });
}

/**
 * All checkouts, and those among them that nobody of ours works in: not the worktrees of tasks, unless they are only kept
 * for a person (detached); others may be changing in them at any time.
 */
export async function watchedCheckouts(site: Site, repository: Repository): Promise<Checkouts> {
  const [records, all] = await Promise.all([readRecords(site), listCheckouts(repository)]);
  const ours = new Set(records.map(({ root }) => root));
  return { all, watched: all.filter(({ root, branch, isThere }) => isThere && (!ours.has(root) || branch === null)) };
}

/** Attempts that ran at some time while this one did, itself not included. */
export async function overlapping(site: Site, mine: Guard): Promise<readonly Guard[]> {
  const guards = await readGuards(site);
  return guards.filter(
    ({ task, common, endedAt }) =>
      task !== mine.task && common === mine.common && (endedAt === null || endedAt >= mine.at),
  );
}
