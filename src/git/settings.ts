import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { essentials, worktreeEssentials } from './config-text.ts';

export const entryShape = z.object({
  kind: z.enum(['file', 'folder', 'link', 'other']),
  mode: z.number(),
  /** Of a file in base64; of a link where it leads. */
  content: z.string(),
  /** Differs after every write, without reading. */
  stamp: z.string(),
});

/** What stands at a path that decides what git does. */
export type Entry = z.infer<typeof entryShape>;
/** By absolute path; what is not in it is not there. */
export type Entries = Readonly<Record<string, Entry>>;

export interface Watched {
  /** The common git folder. */
  readonly common: string;
  /** Other folders with hooks. */
  readonly folders: readonly string[];
}

const FILES = [
  'config',
  'config.worktree',
  'info/attributes',
  'info/exclude',
  'info/grafts',
  'info/sparse-checkout',
  'objects/info/alternates',
];

async function watchedPaths({ common, folders }: Watched): Promise<readonly string[]> {
  const admins = await readdir(path.join(common, 'worktrees')).catch(() => []);
  const own = admins.flatMap((name) => [`worktrees/${name}/commondir`, `worktrees/${name}/config.worktree`]);
  const hooks = [path.join(common, 'hooks'), ...folders];
  const below = await Promise.all(
    hooks.map(async (folder) => {
      const names = await readdir(folder, { recursive: true }).catch(() => []);
      return [folder, ...names.map((name) => path.join(folder, name))];
    }),
  );
  return [...[...FILES, ...own].map((name) => path.join(common, name)), ...below.flat()];
}

export async function readEntries(watched: Watched): Promise<Entries> {
  const paths = await watchedPaths(watched);
  const entries = await Promise.all(paths.map(async (file) => [file, await readEntry(file)] as const));
  return Object.fromEntries(entries.flatMap(([file, entry]) => (entry === null ? [] : [[file, entry]])));
}

/** Paths that look different than `before`, parents first. */
export async function suspects(watched: Watched, before: Entries): Promise<readonly string[]> {
  const paths = [...new Set([...(await watchedPaths(watched)), ...Object.keys(before)])];
  const stamps = await Promise.all(paths.map(async (file) => (await look(file))?.stamp));
  return paths.filter((file, nth) => stamps[nth] !== before[file]?.stamp).sort();
}

export async function readEntry(file: string): Promise<Entry | null> {
  // The stamp first: a write in between makes it differ at the next look.
  const seen = await look(file);
  if (seen === null) return null;
  const content =
    seen.kind === 'file'
      ? await readFile(file, 'base64').catch(() => 'unreadable')
      : seen.kind === 'link'
        ? await readlink(file)
        : '';
  return { ...seen, content };
}

async function look(file: string): Promise<Omit<Entry, 'content'> | null> {
  const stat = await lstat(file, { bigint: true }).catch(() => null);
  if (stat === null) return null;
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other';
  const mode = Number(stat.mode) & 0o7777;
  // A folder is as old as its newest name; those are looked at themselves.
  const times = kind === 'folder' ? '' : `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`;
  return { kind, mode, stamp: `${kind} ${mode} ${times}` };
}

export function textOf(entry: Entry | null): string {
  return entry?.kind === 'file' ? Buffer.from(entry.content, 'base64').toString('utf8') : '';
}

export interface Change {
  readonly file: string;
  readonly before: Entry | null;
  readonly now: Entry | null;
}

/**
 * Is it no change at all, or one that our own `worktree add`, `worktree remove` and `sparse-checkout` make? What is ours is
 * known by what it says and not by when it happened: workers are at work at the same time.
 */
export function isHarmless({ common }: Watched, { file, before, now }: Change, entries: Entries): boolean {
  if (before?.kind === now?.kind && before?.content === now?.content && isSameMode(before, now)) return true;
  const name = path.relative(common, file);
  const areFiles = [before, now].every((entry) => entry === null || entry.kind === 'file');
  if (name === 'config') {
    return before?.kind === 'file' && now?.kind === 'file' && essentials(textOf(before)) === essentials(textOf(now));
  }
  const [top, admin = '', leaf] = name.split(path.sep);
  if (top !== 'worktrees' || !areFiles) return false;
  if (now === null && !existsSync(path.join(common, 'worktrees', admin))) return true;
  const text = textOf(now);
  // Git writes it in pieces: a look in between sees its beginning.
  if (leaf === 'commondir') return before === null && '../..\n'.startsWith(text);
  if (before !== null) return worktreeEssentials(textOf(before)) === worktreeEssentials(text);
  // `worktree add` copies those of the main checkout, without what says where that one is.
  const copied = textOf(entries[path.join(common, 'config.worktree')] ?? null);
  const rest = copied.replaceAll(/^\t(?:bare|worktree) = .*\n/gm, '');
  return copied.startsWith(text) || ['', worktreeEssentials(rest)].includes(worktreeEssentials(text));
}

function isSameMode(before: Entry | null, now: Entry | null): boolean {
  return ((before?.mode ?? 0) & 0o111) === ((now?.mode ?? 0) & 0o111);
}
