import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { TaskId } from '../core/fact.ts';
import { readShape, writeJson } from './record.ts';
import type { Repository } from './repository.ts';
import { ownFolder, type Site } from './site.ts';

const stringMap = z.record(z.string(), z.string());

const guardShape = z.object({
  version: z.literal(1),
  task: z.string(),
  fence: z.number(),
  common: z.string(),
  branch: z.string(),
  /** When the attempt began and ended, epoch milliseconds; null: it runs, as far as we know. */
  at: z.number(),
  endedAt: z.number().nullable(),
  /** Full name -> commit, or `ref: target` for a symbolic one. */
  refs: stringMap,
  stashes: z.array(z.string()),
  /** Roots of all worktrees. */
  worktrees: z.array(z.string()),
  checkouts: z.array(
    z.object({
      root: z.string(),
      head: z.string().nullable(),
      branch: z.string().nullable(),
      /** Its own git folder, and how long the log of its HEAD was. */
      admin: z.string(),
      logBytes: z.number(),
      /** Path -> what it looked like. */
      dirty: stringMap,
    }),
  ),
  /** Found by an inspection already: it restores what it finds, so a second one would see nothing. */
  found: z.array(
    z.object({
      what: z.enum(['owned-file', 'outside-globs', 'leak', 'ref', 'config']),
      path: z.string(),
      text: z.string(),
    }),
  ),
  warnings: z.array(z.string()),
});

/** What must not change while an attempt runs (O3, O4), on disk so that it survives us. */
export type Guard = z.infer<typeof guardShape>;

export async function readGuard(site: Site, task: TaskId, fence: number): Promise<Guard | null> {
  return readShape(guardFile(site, task, fence), guardShape);
}

export async function writeGuard(site: Site, guard: Guard): Promise<void> {
  await ownFolder(site, 'guards');
  await writeJson(guardFile(site, guard.task, guard.fence), guard);
}

export async function readGuards(site: Site): Promise<readonly Guard[]> {
  const folder = path.join(site.folder, 'guards');
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name));
  const guards = await Promise.all(files.map((file) => readShape(file, guardShape)));
  return guards.filter((guard) => guard !== null);
}

/** Attempts of a task that are settled need no guard any more. */
export async function removeGuards(site: Site, task: TaskId): Promise<void> {
  const guards = await readGuards(site);
  const mine = guards.filter((guard) => guard.task === task);
  await Promise.all(mine.map(({ fence }) => rm(guardFile(site, task, fence), { force: true })));
}

/** Tells the attempts that run now that a ref is rightly where it is: one attempt is never blamed for another's branch. */
export async function adoptRefs(
  site: Site,
  repository: Repository,
  moved: Readonly<Record<string, string>>,
): Promise<void> {
  const guards = await readGuards(site);
  for (const guard of guards.filter((each) => each.common === repository.common && each.endedAt === null)) {
    await writeGuard(site, { ...guard, refs: { ...guard.refs, ...moved } });
  }
}

/** Tells them of worktrees that are none of theirs: what was told once is not told again by the next one that ends. */
export async function adoptWorktrees(site: Site, repository: Repository, roots: readonly string[]): Promise<void> {
  const guards = await readGuards(site);
  for (const guard of guards.filter((each) => each.common === repository.common && each.endedAt === null)) {
    await writeGuard(site, { ...guard, worktrees: [...new Set([...guard.worktrees, ...roots])] });
  }
}

function guardFile(site: Site, task: TaskId, fence: number): string {
  return path.join(site.folder, 'guards', `${task}-${fence}.json`);
}
