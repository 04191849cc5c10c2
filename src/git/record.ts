import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { TaskId } from '../core/fact.ts';
import { ownFolder, type Site } from './site.ts';

const recordShape = z.object({
  version: z.literal(1),
  task: z.string(),
  fence: z.number(),
  repo: z.string().nullable(),
  common: z.string(),
  root: z.string(),
  /** The worktree's own git folder; null: not known yet. */
  admin: z.string().nullable(),
  branch: z.string(),
  /**
   * Tip of the branch before the first attempt in this worktree. A later attempt is judged by all that came since: what
   * an attempt did that was not accepted is still there, and would be landed with the next one's work.
   */
  start: z.string().nullable(),
  /** What `originRef` said when the worktree was made; null: the task had no life before, or was done. */
  origin: z.string().nullable(),
  /** The branch has something since `start` that its worker may not write: it must not be built upon by others. */
  isTainted: z.boolean(),
  /** Commits that were merged in for the worker: not its own (O2). */
  given: z.array(z.string()),
  /** Proves, together with the marker in the worktree's git folder, that we made it. */
  token: z.string(),
  /** `making`: no worker has been in it yet. `removing`: its work is proven to be kept. */
  state: z.enum(['making', 'ready', 'removing']),
});

/** What we know about the worktree of a task. Written before the worktree is touched, so that a restart knows what it finds. */
export type PlaceRecord = z.infer<typeof recordShape>;

const markerShape = z.object({ task: z.string(), token: z.string(), project: z.string() });
const MARKER = 'coxswain.json';

export function newToken(): string {
  return randomUUID();
}

export async function readRecord(site: Site, task: TaskId): Promise<PlaceRecord | null> {
  return readShape(recordFile(site, task), recordShape);
}

export async function readRecords(site: Site): Promise<readonly PlaceRecord[]> {
  const names = await readdir(path.join(site.folder, 'places')).catch(() => []);
  const tasks = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  const records = await Promise.all(tasks.map((task) => readRecord(site, task)));
  return records.filter((record) => record !== null);
}

export async function writeRecord(site: Site, record: PlaceRecord): Promise<PlaceRecord> {
  await ownFolder(site, 'places');
  await writeJson(recordFile(site, record.task), record);
  return record;
}

export async function removeRecord(site: Site, task: TaskId): Promise<void> {
  await rm(recordFile(site, task), { force: true });
}

/** The marker lies in the worktree's git folder: no commit, `git clean` or careless `rm` of a worker gets at it. */
export async function writeMarker(site: Site, admin: string, record: PlaceRecord): Promise<void> {
  const { task, token } = record;
  await writeJson(path.join(admin, MARKER), { task, token, project: site.root });
}

/** The marker of this project in a worktree's git folder; null: somebody else's worktree. */
export async function readMarker(
  site: Site,
  admin: string,
): Promise<{ readonly task: TaskId; readonly token: string } | null> {
  const marker = await readShape(path.join(admin, MARKER), markerShape);
  return marker?.project === site.root ? marker : null;
}

/** A real folder, at the place we know it by: not a link that would lead a removal somewhere else. */
export async function isRealFolder(folder: string): Promise<boolean> {
  const stat = await lstat(folder).catch(() => null);
  return (
    stat?.isDirectory() === true &&
    (await realpath(folder)) === path.join(await realpath(path.dirname(folder)), path.basename(folder))
  );
}

function recordFile(site: Site, task: TaskId): string {
  return path.join(site.folder, 'places', `${task}.json`);
}

/** Whole or not at all, also over a power cut. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.new`;
  // Guards hold names of refs and settings: nobody else's business on a shared machine.
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(value)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** A file of ours; null: missing, or not what we write (then it is as good as missing). */
export async function readShape<T>(file: string, shape: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
