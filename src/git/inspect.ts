import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Violation, Work } from '../core/event.ts';
import type { InspectRequest } from '../port/workspace.ts';
import { fail } from './failure.ts';
import { overlapping, watchedCheckouts } from './guard.ts';
import { adoptRefs, adoptWorktrees, type Guard, readGuard, writeGuard } from './guard-file.ts';
import { type KnownRefs, keepCommit, keepLeftBehind, shelfRef } from './keep.ts';
import { closeKeeper, forgetTold, heldBack } from './keeper.ts';
import { findLeaks } from './leak-check.ts';
import { ownershipViolations } from './ownership.ts';
import { inTurn } from './queue.ts';
import { type PlaceRecord, readRecord, readRecords, writeRecord } from './record.ts';
import { judgeRefs } from './ref-check.ts';
import { refViolation, restoreRefs } from './ref-restore.ts';
import { readHeadLog } from './reflog.ts';
import { rescue } from './rescue.ts';
import { type RepoPlace, repoPlace, type Site } from './site.ts';
import { readAllRefs, takeSnapshot } from './snapshot.ts';
import { checkStashes } from './stash-check.ts';
import { mendGitFile, removeStaleLocks, type Tree } from './tree.ts';
import { examineBranch } from './work.ts';
import { checkWorktrees } from './worktree-check.ts';

export interface Inspection {
  readonly work: Work;
  readonly violations: readonly Violation[];
  /** For the journal: changes nobody can be blamed for with certainty, and what could not be put back. */
  readonly warnings: readonly string[];
}

/**
 * Looks at what an attempt did (E6-E8, O2-O4), after its last process is gone: saves what is dirty and the tip, puts refs
 * back, and tells the facts. Doing it again gives the same answer: what was found is written down before it is put right.
 */
export async function inspect(site: Site, request: InspectRequest): Promise<Inspection> {
  const record = await readRecord(site, request.task);
  if (record === null) {
    throw fail(
      'workspace',
      'no-worktree',
      `Cannot inspect the attempt at ${request.task}: it has no worktree. Retry the task.`,
    );
  }
  const repo = await repoPlace(site, record.repo);
  const attempt = { site, repo, record: { ...record, fence: request.fence } };
  return inTurn(repo.repository.common, () => inspectNow(attempt, request.claimed));
}

interface Attempt {
  readonly site: Site;
  readonly repo: RepoPlace;
  readonly record: PlaceRecord;
}

async function inspectNow(attempt: Attempt, claimed: string | null): Promise<Inspection> {
  const { site, repo, record } = attempt;
  const { task, fence } = record;
  const guard = await readGuard(site, task, fence);
  const noted = await tellSettings(attempt, guard);
  const saved = await saveFiles(attempt);
  const seen = await readAllRefs(repo.repository);
  const isOpen = guard !== null && guard.endedAt === null;
  const checked = isOpen
    ? await checkRefs(attempt, { ...guard, found: union(union(guard.found, noted), saved.violations) }, seen)
    : null;
  const refs = checked?.refs ?? seen;
  const branch = await examineBranch({ repo, record, refs, claimed });
  await keepBranch(attempt, branch.commits, refs);
  const changed = new Set([...branch.touched.map((touch) => touch.path), ...saved.dirty]);
  const ended =
    checked === null ? guard : await checkPlaces(attempt, checked.guard, { changed, head: branch.work.head });
  const owned = ownershipViolations(site, {
    task,
    repo,
    touched: branch.touched,
    start: branch.work.start,
    kept: shelfRef('archive', task, fence),
  });
  const isTainted = owned.length + branch.violations.length > 0;
  if (isTainted !== record.isTainted) await writeRecord(site, { ...record, isTainted });
  return {
    work: branch.work,
    violations: union([...owned, ...branch.violations], [...saved.violations, ...(ended?.found ?? [])]),
    warnings: ended?.warnings ?? [],
  };
}

/**
 * Settings and hooks before anything else: no git of ours may run by those of a worker. They were put back when they were
 * seen; here the first attempt that ends is told, and it is written down before it is forgotten.
 */
async function tellSettings({ site, repo }: Attempt, guard: Guard | null): Promise<readonly Violation[]> {
  if (guard === null || guard.endedAt !== null) return [];
  const notes = await heldBack(site, repo.repository.common);
  if (notes.length === 0) return [];
  await writeGuard(site, { ...guard, found: union(guard.found, notes) });
  await forgetTold(site, repo.repository.common, notes);
  return notes;
}

interface Saved {
  readonly dirty: readonly string[];
  readonly violations: readonly Violation[];
}

/** The files first: whatever goes wrong later, they are safe. */
async function saveFiles({ site, repo, record }: Attempt): Promise<Saved> {
  if (record.admin === null || !existsSync(record.root)) return { dirty: [], violations: [] };
  const tree: Tree = { repository: repo.repository, root: record.root, admin: record.admin };
  await removeStaleLocks(tree, record.branch);
  const isMended = await mendGitFile(tree, path.join(site.folder, 'rescued', record.task, `${record.fence}`, 'git'));
  const { dirty } = await rescue(tree, record);
  const text =
    'The .git file of the worktree was removed or replaced while the attempt ran. It was put back: leave it alone.';
  return { dirty, violations: isMended ? [{ what: 'config', path: '.git', text }] : [] };
}

interface Checked {
  readonly guard: Guard;
  /** As they are after what was moved is back. */
  readonly refs: KnownRefs;
}

async function checkRefs({ site, repo, record }: Attempt, guard: Guard, now: KnownRefs): Promise<Checked> {
  const { repository } = repo;
  const others = await overlapping(site, guard);
  const running = others.filter(({ endedAt }) => endedAt === null).map(({ branch }) => branch);
  const tasks = (await readRecords(site)).filter(
    (each) => each.task !== record.task && each.common === repository.common,
  );
  const fresh = tasks.map(({ branch }) => branch).filter((name) => guard.refs[`refs/heads/${name}`] === undefined);
  const ownedByOthers = new Set([...running, ...fresh].map((name) => `refs/heads/${name}`));
  const verdicts = await judgeRefs({ repository, guard, record, now, ownedByOthers });
  const told = { ...guard, found: union(guard.found, verdicts.map(refViolation)) };
  if (told.found.length > 0) await writeGuard(site, told);
  if (verdicts.length === 0) return { guard: told, refs: now };
  const left = await restoreRefs(repository, record, verdicts);
  return { guard: { ...told, warnings: [...told.warnings, ...left] }, refs: await readAllRefs(repository) };
}

/** Everything the attempt committed stays, also what it took off the branch again. */
async function keepBranch({ repo, record }: Attempt, commits: readonly string[], refs: KnownRefs): Promise<void> {
  const { repository } = repo;
  const head = refs[`refs/heads/${record.branch}`] ?? record.start;
  if (head === null) return;
  const name = shelfRef('archive', record.task, record.fence);
  await keepCommit(repository, name, head, refs);
  if (record.admin === null) return;
  const log = await readHeadLog(record.admin);
  await keepLeftBehind(repository, name, {
    seen: log.map(({ to }) => to),
    kept: [head, record.start ?? head, ...commits],
  });
}

interface Done {
  readonly changed: ReadonlySet<string>;
  readonly head: string;
}

/**
 * The rest of the comparison, made when refs are back: until then the files of their checkouts look changed. Ends the
 * attempt, and tells those that still run what is settled: its branch is where it should be, worktrees were reported.
 */
async function checkPlaces({ site, repo, record }: Attempt, guard: Guard, { changed, head }: Done): Promise<Guard> {
  const { repository } = repo;
  const now = await takeSnapshot(site, repository, await watchedCheckouts(site, repository));
  const stashes = await checkStashes(repository, { guard, record, now });
  const others = await overlapping(site, guard);
  const leaks = await findLeaks({ site, guard, now, changed, others });
  const worktrees = checkWorktrees({ site, guard, now, others, records: await readRecords(site) });
  const found = union(guard.found, [...worktrees.violations, ...leaks.violations]);
  const ended: Guard = {
    ...guard,
    found,
    warnings: [...new Set([...guard.warnings, ...stashes, ...worktrees.warnings, ...leaks.warnings])],
    endedAt: Date.now(),
  };
  await writeGuard(site, ended);
  await adoptRefs(site, repository, { [`refs/heads/${record.branch}`]: head });
  if (worktrees.added.length > 0) await adoptWorktrees(site, repository, worktrees.added);
  await closeKeeper(site, repository.common);
  return ended;
}

function union(one: readonly Violation[], other: readonly Violation[]): Violation[] {
  const all = [...one, ...other];
  return [...new Map(all.map((violation) => [JSON.stringify(violation), violation])).values()];
}
