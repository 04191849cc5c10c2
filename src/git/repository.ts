import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { commandFailure, fail } from './failure.ts';
import { refsInFiles } from './ref-files.ts';
import { git, gitText } from './run.ts';

export interface Repository {
  /** Absolute common git folder: what all worktrees share, and the key of the queue. */
  readonly common: string;
  /** Absolute git folder of the checkout it was opened from. */
  readonly admin: string;
  /** Absolute root of the checkout it was opened from; the git folder of a bare repository. */
  readonly root: string;
  /** The folder it was opened from, relative to the root: '' or `apps/api`. */
  readonly prefix: string;
  readonly isBare: boolean;
}

/** The repository a folder belongs to; null: none. @throws GitError when git cannot say. */
export async function openRepository(folder: string): Promise<Repository | null> {
  const asked = ['--is-bare-repository', '--path-format=absolute', '--git-common-dir', '--absolute-git-dir'];
  const result = await git(['rev-parse', ...asked, '--show-toplevel', '--show-prefix'], { cwd: folder });
  const [bare, common, admin, root, prefix = ''] = result.stdout.split('\n');
  if (common && admin && (bare === 'true' || (result.exitCode === 0 && root))) {
    const real = await realpath(common);
    const isBare = bare === 'true';
    const place =
      isBare || !root ? { root: real, prefix: '' } : { root: await realpath(root), prefix: prefix.replace(/\/$/, '') };
    return { common: real, admin: await realpath(admin), isBare, ...place };
  }
  if (/not a git repository/i.test(result.stderr)) return null;
  throw commandFailure(`Cannot open the repository in ${folder}`, result.stderr);
}

/** A repository known by its common git folder alone; null: it is gone. */
export function repositoryAt(common: string): Repository | null {
  if (!existsSync(path.join(common, 'HEAD'))) return null;
  return { common, admin: common, root: common, prefix: '', isBare: path.basename(common) !== '.git' };
}

/** Tips of these refs, by full name; a missing one is left out. */
export async function readRefs(repository: Repository, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const read = refsInFiles(repository.common, names);
  if (read !== null) return read;
  const out = await gitText('Cannot read refs', ['for-each-ref', '--format=%(objectname) %(refname)', '--', ...names], {
    cwd: repository.common,
  });
  const pairs = lines(out).map((line) => splitOnce(line, ' '));
  return new Map(pairs.filter(([, name]) => names.includes(name)).map(([sha, name]) => [name, sha]));
}

/** The commit a revision names; null: there is none, or more than one. */
export async function resolveCommit(cwd: string, revision: string): Promise<string | null> {
  const result = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], { cwd });
  return result.exitCode === 0 ? result.stdout.trim() : null;
}

/** @throws GitError when one of the two is not there. */
export async function isAncestor(cwd: string, older: string, newer: string): Promise<boolean> {
  if (older === newer) return true;
  const result = await git(['merge-base', '--is-ancestor', older, newer], { cwd });
  if (result.exitCode === 0 || result.exitCode === 1) return result.exitCode === 0;
  throw fail(
    'workspace',
    'no-commit',
    `Cannot compare ${short(older)} and ${short(newer)}: one is missing.`,
    result.stderr,
  );
}

/** Do two commits have different files? */
export async function differ(cwd: string, one: string, other: string): Promise<boolean> {
  const out = await gitText('Cannot compare commits', ['rev-parse', `${one}^{tree}`, `${other}^{tree}`], { cwd });
  const [first, second] = lines(out);
  return first !== second;
}

export function lines(out: string): string[] {
  return out.split('\n').filter((line) => line !== '');
}

/** `a b c` -> [`a`, `b c`]; without the separator the second part is empty. */
export function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

export function short(sha: string): string {
  return sha.slice(0, 10);
}
