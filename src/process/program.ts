import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Absolute path of a program, found as a shell would: a name without a slash on `PATH`, anything else relative to
 * `base`. Found before the spawn, so that a missing one is told from one that fails.
 */
export function findProgram(
  name: string,
  { searchPath, base }: { readonly searchPath: string; readonly base: string },
): { readonly ok: true; readonly file: string } | { readonly ok: false; readonly text: string } {
  if (name === '' || name.includes('\0')) return { ok: false, text: 'the name of the program is empty or malformed' };
  if (name.includes('/')) {
    const file = path.resolve(base, name);
    return isProgram(file) ? { ok: true, file } : { ok: false, text: `${file} is missing or not executable` };
  }
  // An empty entry of PATH means the current folder. That is where agents write, so it is left out.
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const file = folders.map((folder) => path.join(folder, name)).find(isProgram);
  return file === undefined ? { ok: false, text: `no program of this name on PATH` } : { ok: true, file };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
