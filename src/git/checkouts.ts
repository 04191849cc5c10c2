import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { refsInFiles } from './ref-files.ts';
import { type Repository, splitOnce } from './repository.ts';
import { gitText } from './run.ts';

export interface Checkout {
  readonly root: string;
  /** null or zeros: its branch has no commit yet. */
  readonly head: string | null;
  /** Full name, `refs/heads/x`; null: detached. */
  readonly branch: string | null;
  /** Why it is locked; null: it is not. */
  readonly lock: string | null;
  /** Its folder is still there. */
  readonly isThere: boolean;
  /** Its own git folder: the common one for the main checkout. */
  readonly admin: string;
}

/** Root of the main checkout of a repository, as git told it once; null: it is bare and has none. */
const mains = new Map<string, string | null>();

/**
 * The main checkout and all worktrees; a bare repository has no main one. Git is asked once for each repository; from
 * then on its own files are read (gitrepository-layout(5)), unless they do not say it.
 */
export async function listCheckouts(repository: Repository): Promise<readonly Checkout[]> {
  const { common } = repository;
  const main = mains.get(common);
  const read = main === undefined ? null : checkoutsInFiles(common, main);
  if (read !== null) return read;
  const asked = await askCheckouts(repository);
  mains.set(common, asked.find(({ admin }) => admin === common)?.root ?? null);
  return asked;
}

/** null: the files do not say it (reftables, a `HEAD` that is broken or being made). */
function checkoutsInFiles(common: string, main: string | null): readonly Checkout[] | null {
  const places = [...(main === null ? [] : [{ admin: common, root: main }]), ...linked(common)];
  const found = places.map((place) => {
    const head = headIn(place.admin);
    const refs = head?.branch == null ? null : refsInFiles(common, [head.branch]);
    if (head === null || (head.branch !== null && refs === null)) return null;
    const tip = head.branch === null ? head.tip : (refs?.get(head.branch) ?? null);
    return { ...place, branch: head.branch, head: tip, lock: lockOf(place.admin), isThere: existsSync(place.root) };
  });
  return found.includes(null) ? null : found.filter((checkout) => checkout !== null);
}

interface Head {
  readonly branch: string | null;
  readonly tip: string | null;
}

function headIn(admin: string): Head | null {
  const text = textOf(path.join(admin, 'HEAD')) ?? '';
  if (/^[0-9a-f]{40,64}$/.test(text)) return { branch: null, tip: text };
  const branch = /^ref: (refs\/heads\/.+)$/.exec(text)?.[1];
  return branch === undefined || branch === 'refs/heads/.invalid' ? null : { branch, tip: null };
}

/** Git takes a worktree that it is just making for locked, and so do we: the file is the first thing it writes. */
function lockOf(admin: string): string | null {
  return textOf(path.join(admin, 'locked'));
}

interface Linked {
  readonly root: string;
  readonly admin: string;
}

function linked(common: string): readonly Linked[] {
  const folder = path.join(common, 'worktrees');
  return names(folder).flatMap((name) => {
    const admin = path.join(folder, name);
    const gitFile = textOf(path.join(admin, 'gitdir'));
    return gitFile === null || gitFile === '' ? [] : [{ root: path.dirname(path.resolve(admin, gitFile)), admin }];
  });
}

async function askCheckouts(repository: Repository): Promise<readonly Checkout[]> {
  const what = `Cannot list the worktrees of ${repository.root}`;
  const out = await gitText(what, ['worktree', 'list', '--porcelain', '-z'], { cwd: repository.common });
  const admins = new Map(linked(repository.common).map(({ root, admin }) => [root, admin]));
  return out
    .split('\0\0')
    .filter((block) => block !== '')
    .flatMap((block, index) => {
      const fields = new Map(block.split('\0').map((line) => splitOnce(line, ' ')));
      const root = fields.get('worktree');
      if (root === undefined || fields.has('bare')) return [];
      const admin = index === 0 ? repository.common : admins.get(root);
      return admin === undefined ? [] : [checkoutOf(root, admin, fields)];
    });
}

function checkoutOf(root: string, admin: string, fields: ReadonlyMap<string, string>): Checkout {
  return {
    root,
    admin,
    head: fields.get('HEAD') ?? null,
    branch: fields.get('branch') ?? null,
    lock: fields.get('locked') ?? null,
    isThere: existsSync(root),
  };
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Without the line end; null: it cannot be read. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch {
    return null;
  }
}
