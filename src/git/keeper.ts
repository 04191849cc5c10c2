import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Violation } from '../core/event.ts';
import { lookBeforeGit } from './before-git.ts';
import { type Guard, readGuards } from './guard-file.ts';
import { writeJson } from './record.ts';
import { type Change, type Entries, isHarmless, readEntries, readEntry, suspects } from './settings.ts';
import { type Kept, keptShape, undo } from './settings-undo.ts';
import { ownFolder, type Site } from './site.ts';

/** Settings and hooks of one repository as they were when the first of the attempts that run now began. */
interface Keeper {
  readonly site: Site;
  readonly file: string;
  kept: Kept;
  tail: Promise<void>;
}

/** By file. What is in memory counts: a worker could write to our folder, too. */
const keepers = new Map<string, Keeper>();

/** Takes up what a life of ours before this one watched: its attempts may still be at work. */
export function resumeKeepers(site: Site): void {
  const folder = path.join(site.folder, 'settings');
  for (const name of list(folder).filter((each) => each.endsWith('.json'))) {
    const file = path.join(folder, name);
    if (keepers.has(file)) continue;
    try {
      start(site, file, keptShape.parse(JSON.parse(readFileSync(file, 'utf8'))));
    } catch {
      // Not what we write: as good as missing.
    }
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

interface Wanted {
  readonly common: string;
  /** Other folders with hooks. */
  readonly folders: readonly string[];
  /** Nobody else is at work: what is there now counts. */
  readonly isFirst: boolean;
}

/** Remembers the bytes of what decides how git behaves, until the last attempt has ended. */
export async function openKeeper(site: Site, { common, folders, isFirst }: Wanted): Promise<void> {
  const file = keeperFile(site, common);
  if (!isFirst && keepers.has(file)) return;
  const kept: Kept = { version: 1, common, folders: [...folders], entries: {}, notes: [] };
  kept.entries = { ...(await readEntries(kept)) };
  await ownFolder(site, 'settings');
  await writeJson(file, kept);
  start(site, file, kept);
}

function start(site: Site, file: string, kept: Kept): void {
  const keeper: Keeper = { site, file, kept, tail: Promise.resolve() };
  keepers.set(file, keeper);
  lookBeforeGit(file, () => {
    const turn = keeper.tail.then(() => hold(keeper));
    keeper.tail = turn.catch(() => undefined);
    return turn;
  });
}

/** What was put back since an attempt was last told. */
export async function heldBack(site: Site, common: string): Promise<readonly Violation[]> {
  const keeper = keepers.get(keeperFile(site, common));
  if (keeper === undefined) return [];
  const turn = keeper.tail.then(() => hold(keeper));
  keeper.tail = turn.catch(() => undefined);
  await turn;
  return keeper.kept.notes;
}

/** They are in the guard of an attempt now. */
export async function forgetTold(site: Site, common: string, told: readonly Violation[]): Promise<void> {
  const keeper = keepers.get(keeperFile(site, common));
  if (keeper === undefined || told.length === 0) return;
  keeper.kept = { ...keeper.kept, notes: keeper.kept.notes.filter((note) => !told.includes(note)) };
  await writeJson(keeper.file, keeper.kept);
}

/** When no attempt runs any more, a person may change what they like. */
export async function closeKeeper(site: Site, common: string): Promise<void> {
  if ((await open(site, common)).length > 0) return;
  const file = keeperFile(site, common);
  lookBeforeGit(file, null);
  keepers.delete(file);
  await rm(file, { force: true });
}

async function open(site: Site, common: string): Promise<readonly Guard[]> {
  const guards = await readGuards(site);
  return guards
    .filter((guard) => guard.common === common && guard.endedAt === null)
    .sort((one, two) => one.at - two.at);
}

/** Runs no git: it is what git waits for. */
async function hold(keeper: Keeper): Promise<void> {
  const { kept } = keeper;
  const names = await suspects(kept, kept.entries);
  if (names.length === 0) return;
  const changes = await Promise.all(
    names.map(
      async (file): Promise<Change> => ({ file, before: kept.entries[file] ?? null, now: await readEntry(file) }),
    ),
  );
  const bad = changes.filter((change) => !isHarmless(kept, change, kept.entries));
  const fine = changes.filter((change) => !bad.includes(change));
  if (bad.length > 0) {
    const [guard] = await open(keeper.site, kept.common);
    // Left over from a life that ended between two attempts: the change is a person's.
    if (guard === undefined) return closeKeeper(keeper.site, kept.common);
    keeper.kept = await undo(keeper, guard, bad);
  }
  const entries: Record<string, Entries[string]> = { ...kept.entries };
  for (const { file, now } of fine) {
    if (now === null) delete entries[file];
    else entries[file] = now;
  }
  for (const { file, before } of bad) {
    const stamp = (await readEntry(file))?.stamp;
    if (before !== null && stamp !== undefined) entries[file] = { ...before, stamp };
  }
  keeper.kept = { ...keeper.kept, entries };
  await writeJson(keeper.file, keeper.kept);
}

function keeperFile(site: Site, common: string): string {
  return path.join(site.folder, 'settings', `${createHash('sha256').update(common).digest('hex').slice(0, 16)}.json`);
}
