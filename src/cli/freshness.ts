import { statSync } from 'node:fs';
import path from 'node:path';
import { VERSION } from './version.ts';

/** Under this name the store keeps what the state was last brought up to date with. */
export const SEEN = 'cli:seen';

/** The files a state was made from, and how they looked then. Unchanged files: the state is what they say. */
export interface Seen {
  /** Relative to the project; the configuration and the documents. */
  readonly files: readonly string[];
  readonly stamp: string;
  /** The dispatch order, when the rows alone can tell it; null: it needs the whole state. */
  readonly order: readonly string[] | null;
}

/**
 * Costs one `stat` a file. Size, inode and both times: an edit that keeps size and modification time (`touch -r`,
 * `rsync -t`) still moves the change time. The program's version is part of it, since a newer one may read more.
 */
export function stampOf(root: string, files: readonly string[]): string {
  const looks = files.map((file) => {
    const stat = statSync(path.join(root, file), { bigint: true, throwIfNoEntry: false });
    return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : 'missing';
  });
  return [VERSION, ...looks].join(' ');
}

/** @param text what the store keeps under `SEEN`; empty: forgotten, the next look is a whole one */
export function isSeen(root: string, text: string | null): Seen | null {
  if (!text) return null;
  const seen: Seen = JSON.parse(text);
  return stampOf(root, seen.files) === seen.stamp ? seen : null;
}
