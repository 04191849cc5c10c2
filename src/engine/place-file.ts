import { statSync } from 'node:fs';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Place } from '../port/workspace.ts';

const NAME = 'place.json';

/** Keeps where an attempt works, so that another life of ours can go on with it (E4). Written whole or not at all. */
export async function writePlace(folder: string, place: Place): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, `${NAME}.new`);
  await writeFile(draft, `${JSON.stringify(place, null, 2)}\n`);
  await rename(draft, path.join(folder, NAME));
}

export async function readPlace(folder: string): Promise<Place> {
  // Written by the function above and by nothing else: anything else in it is a broken invariant and throws.
  const place: Place = JSON.parse(await readFile(path.join(folder, NAME), 'utf8'));
  return place;
}

const GUARDED = 'guarded';

/** The guard of an attempt is set once: set again after a restart, it would take the agent's doings for the rightful state. */
export async function markGuarded(folder: string): Promise<void> {
  await writeFile(path.join(folder, GUARDED), '');
}

export async function isGuarded(folder: string): Promise<boolean> {
  return access(path.join(folder, GUARDED)).then(
    () => true,
    () => false,
  );
}

/** When the guard was set, in milliseconds: files of the attempt are younger. */
export function markedAt(folder: string): number {
  return statSync(path.join(folder, GUARDED)).mtimeMs;
}
