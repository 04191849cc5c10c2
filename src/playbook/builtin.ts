import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The playbooks that come with Coxswain; each is a folder of data in `builtin/`. */
export const BUILTIN_PLAYBOOKS = ['task-table', 'pipeline', 'work-packages', 'waves', 'coordinator'] as const;
export type BuiltinPlaybook = (typeof BUILTIN_PLAYBOOKS)[number];

/** The checkout has `builtin/` beside this file; a bundle has it beside itself or, for the chunks, one up. */
const FOLDER = ['builtin', '../builtin']
  .map((folder) => join(import.meta.dirname, folder))
  .find((folder) => existsSync(folder));

export function isBuiltin(name: string): name is BuiltinPlaybook {
  return BUILTIN_PLAYBOOKS.some((known) => known === name);
}

/** A file that ships with the program; null: there is none. */
export function readBuiltin(path: string): Uint8Array | null {
  if (FOLDER === undefined)
    throw new Error('the folder "builtin" is not beside the program: the package is incomplete');
  const file = join(FOLDER, path);
  return existsSync(file) ? readFileSync(file) : null;
}
