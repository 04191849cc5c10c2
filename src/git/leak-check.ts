import { lstat, open } from 'node:fs/promises';
import path from 'node:path';
import type { Violation } from '../core/event.ts';
import type { Guard } from './guard-file.ts';
import { OUR_MOVES } from './keep.ts';
import { readHeadLog } from './reflog.ts';
import type { Site } from './site.ts';
import type { Snapshot } from './snapshot.ts';

export interface LeakCase {
  readonly site: Site;
  readonly guard: Guard;
  readonly now: Snapshot;
  /** Paths the attempt changed in its own worktree, committed or not. */
  readonly changed: ReadonlySet<string>;
  /** Attempts that ran at some time while this one did. */
  readonly others: readonly Guard[];
}

export interface Leaks {
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
}

/**
 * Writes that left the worktree (O3). A person may edit in the main checkout while attempts run, and git does not say who
 * wrote a file, so there is a rule. A path that looks different than before the attempt is a **leak** of this attempt when
 * it was not dirty before and one of these is true:
 *
 * 1. the attempt changed the same path in its own worktree;
 * 2. the attempt's own output names the file by its absolute path;
 * 3. nobody was at work in that checkout (nothing at all was dirty there before, and its `HEAD` did not move by other hands
 *    than ours), and no other attempt of ours ran when the file was written.
 *
 * A file that was dirty before is a leak only by 2. Everything else is a warning that names the path and who could have
 * written it: better a warning too many than an agent told to undo a person's work. Never compared are the ledger's
 * documents, our own folder, gate places, and worktrees of other attempts.
 */
export async function findLeaks(leaks: LeakCase): Promise<Leaks> {
  const violations: Violation[] = [];
  const warnings: string[] = [];
  for (const before of leaks.guard.checkouts) {
    const after = leaks.now.checkouts.find(({ root }) => root === before.root);
    if (after === undefined) continue;
    const differing = Object.keys(after.dirty).filter((name) => after.dirty[name] !== before.dirty[name]);
    for (const name of differing.filter((each) => !isLedger(leaks.site, before.root, each))) {
      const file = path.join(before.root, name);
      if (await isLeak(leaks, { name, file, before })) violations.push(leak(name, file));
      else warnings.push(unsure(leaks, file));
    }
    warnings.push(...lostEdits(leaks.site, before, after));
  }
  return { violations, warnings };
}

interface Written {
  /** Relative to the checkout. */
  readonly name: string;
  readonly file: string;
  readonly before: Guard['checkouts'][number];
}

async function isLeak(leaks: LeakCase, { name, file, before }: Written): Promise<boolean> {
  const wasClean = before.dirty[name] === undefined;
  if (wasClean && leaks.changed.has(name)) return true;
  if (await outputNames(leaks, file)) return true;
  if (!wasClean || (await isSomebodyThere(leaks, before))) return false;
  const stat = await lstat(file).catch(() => null);
  const writtenAt = stat?.mtimeMs ?? Date.now();
  return !leaks.others.some(({ at, endedAt }) => writtenAt >= at && writtenAt <= (endedAt ?? Date.now()));
}

async function isSomebodyThere({ site }: LeakCase, before: Written['before']): Promise<boolean> {
  if (Object.keys(before.dirty).some((name) => !isLedger(site, before.root, name))) return true;
  const moves = await readHeadLog(before.admin, before.logBytes);
  return moves.some(({ why }) => why !== '' && !why.startsWith(OUR_MOVES) && !why.startsWith('branch: Reset to '));
}

const TRANSCRIPT_BYTES = 8_000_000;

/** A transcript that names a file by its absolute path was most likely writing it. */
async function outputNames({ site, guard }: LeakCase, file: string): Promise<boolean> {
  const folder = path.join(site.folder, 'attempts', guard.task, `${guard.fence}`);
  for (const name of ['output.log', 'verbose.jsonl']) {
    if ((await tail(path.join(folder, name))).includes(file)) return true;
  }
  return false;
}

async function tail(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TRANSCRIPT_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function isLedger(site: Site, root: string, name: string): boolean {
  return site.options.ledgerFiles.some((file) => path.join(site.root, file) === path.join(root, name));
}

/** Worded for a worker that may be innocent: it must not "undo" what a person wrote. */
function leak(name: string, file: string): Violation {
  const text = `${file} was written while the attempt ran; it is outside the worktree. If the attempt wrote it, move the change into the worktree and take it back there; if not, leave it.`;
  return { what: 'leak', path: name, text };
}

function unsure({ guard, others }: LeakCase, file: string): string {
  const who = [guard.task, ...others.map(({ task }) => task)].join(', ');
  return `${file} changed while ${who} ran; it may be a person's edit, or one of them wrote outside its worktree.`;
}

/** Dirty before, clean now, and nobody committed: somebody's uncommitted edits are gone. */
function lostEdits(
  site: Site,
  before: Guard['checkouts'][number],
  after: Guard['checkouts'][number],
): readonly string[] {
  if (before.head !== after.head) return [];
  const gone = Object.keys(before.dirty).filter(
    (name) => after.dirty[name] === undefined && !isLedger(site, before.root, name),
  );
  return gone.map(
    (name) => `${path.join(before.root, name)} had uncommitted changes before the attempt and has none now.`,
  );
}
