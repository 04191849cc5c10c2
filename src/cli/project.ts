import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Name of the file that makes a folder a project (I1). */
export const CONFIG_FILE = 'coxswain.yaml';

export interface ProjectPlace {
  /** Absolute folder that holds `coxswain.yaml`. */
  readonly root: string;
  /** How it was found, for messages. */
  readonly by: 'option' | 'COX_PROJECT' | 'worktree' | 'folder';
}

export interface ProjectQuery {
  /** `--project DIR`; undefined: not given. */
  readonly option: string | undefined;
  readonly env: string | undefined;
  readonly cwd: string;
}

/**
 * Finds the project (I1): `--project`, then `COX_PROJECT`, then, inside a linked worktree, the checkout it was made from
 * (`coxswain.yaml` is committed, so that a worktree would look like a second project), then upwards.
 * Reads a few small files and starts no process: it is on the way of every command.
 */
export function findProject(query: ProjectQuery): ProjectPlace | null {
  if (query.option !== undefined) return named(path.resolve(query.cwd, query.option), 'option');
  if (query.env) return named(path.resolve(query.cwd, query.env), 'COX_PROJECT');
  for (const folder of upwards(query.cwd)) {
    const main = mainCheckout(folder);
    const root = main && inMainCheckout(main, path.relative(folder, query.cwd));
    if (root) return { root, by: 'worktree' };
  }
  const root = upwards(query.cwd).find(hasConfig);
  return root === undefined ? null : { root, by: 'folder' };
}

function named(root: string, by: ProjectPlace['by']): ProjectPlace | null {
  return hasConfig(root) ? { root, by } : null;
}

function hasConfig(folder: string): boolean {
  return existsSync(path.join(folder, CONFIG_FILE));
}

/** The folder itself first, the root of the file system last. */
function upwards(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/**
 * The main checkout, when `folder` is the top of a linked worktree; null otherwise. A linked worktree has a file `.git`
 * that names a folder with a `commondir`; a submodule has no `commondir`, and a bare repository no checkout.
 */
function mainCheckout(folder: string): string | null {
  const dotGit = path.join(folder, '.git');
  if (!statSync(dotGit, { throwIfNoEntry: false })?.isFile()) return null;
  const gitFolder = /^gitdir: (.+)$/m.exec(readText(dotGit) ?? '')?.[1];
  if (gitFolder === undefined) return null;
  const absolute = path.resolve(folder, gitFolder);
  const common = readText(path.join(absolute, 'commondir'))?.trim();
  if (!common) return null;
  const commonFolder = path.resolve(absolute, common);
  return path.basename(commonFolder) === '.git' ? path.dirname(commonFolder) : null;
}

/** The same place in the main checkout, or the nearest one above it that is a project. */
function inMainCheckout(main: string, below: string): string | null {
  const places = upwards(path.join(main, below));
  return places.slice(0, places.indexOf(main) + 1).find(hasConfig) ?? null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
