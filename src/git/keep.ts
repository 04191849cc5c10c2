import type { TaskId } from '../core/fact.ts';
import { crashPoint } from '../process/crash-point.ts';
import { commandFailure, fail } from './failure.ts';
import { identity } from './identity.ts';
import { isAncestor, lines, type Repository, readRefs, short } from './repository.ts';
import { git, gitText } from './run.ts';

/** Where saved work of a task is: what it committed, what was only in its files, and what a ref of others was moved to. */
export type Shelf = 'archive' | 'rescue' | 'moved';

export function shelfRef(shelf: Shelf, task: TaskId, fence: number): string {
  return `refs/coxswain/${shelf}/${task}/${fence}`;
}

/** Where the branch was when a task that is not done yet was begun. */
export function originRef(task: TaskId): string {
  return `refs/coxswain/origin/${task}`;
}

const MAX_TRIES = 100;

/** Refs as they were read a moment ago, to save asking again: by full name. */
export type KnownRefs = Readonly<Record<string, string>>;

/**
 * Points a ref of ours at a commit, so that it stays whatever happens to branches (E7). A ref that is there is only moved
 * forward; something else under the name stays, and the commit goes to `name.2`, `name.3`, ... Returns the ref.
 */
export async function keepCommit(
  repository: Repository,
  name: string,
  commit: string,
  known?: KnownRefs,
): Promise<string> {
  if (known?.[name] === commit) return name;
  for (let nth = 1; nth <= MAX_TRIES; nth++) {
    const ref = nth === 1 ? name : `${name}.${nth}`;
    const isNew = nth === 1 && known !== undefined && known[name] === undefined;
    const old = isNew ? undefined : (await readRefs(repository, [ref])).get(ref);
    if (old === commit) return ref;
    if (old !== undefined && !(await isAncestor(repository.common, old, commit))) continue;
    const point = name.startsWith('refs/coxswain/rescue/') ? 'rescue-ref' : 'archive-ref';
    crashPoint(`${point}:before`);
    await swapRef(repository, { ref, from: old ?? null, to: commit });
    crashPoint(`${point}:after`);
    return ref;
  }
  throw fail(
    'workspace',
    'too-many-refs',
    `Cannot keep ${short(commit)}: ${name} has ${MAX_TRIES} versions. Remove old ones.`,
  );
}

export interface Swap {
  readonly ref: string;
  /** null: it must not exist. */
  readonly from: string | null;
  /** null: delete it. */
  readonly to: string | null;
}

/** Start of the reflog lines of our own moves, by which a later comparison knows them (O4). */
export const OUR_MOVES = 'coxswain: ';

/** Makes porcelain write that start, too. */
export const ourMove = (what: string): Record<string, string> => ({ GIT_REFLOG_ACTION: `${OUR_MOVES}${what}` });

/** Moves a ref only if it still is where we saw it. @throws GitError `ref-moved` when it is not. */
export async function swapRef(repository: Repository, { ref, from, to }: Swap): Promise<void> {
  const args = to === null ? ['-d', ref, from ?? ''] : ['--create-reflog', ref, to, from ?? ''];
  const result = await git(['update-ref', '-m', `${OUR_MOVES}move`, ...args], { cwd: repository.common });
  if (result.exitCode === 0) return;
  if (/but expected|reference already exists|unable to resolve reference/.test(result.stderr)) {
    throw fail('workspace', 'ref-moved', `Cannot move ${ref}: somebody moved it at the same time.`, result.stderr);
  }
  throw commandFailure(`Cannot move ${ref}`, result.stderr);
}

/**
 * Keeps commits that only a worktree's reflog remembers (a worker's `reset` or `amend`): they would go with the worktree.
 * One commit with all of them as parents, under `<archive ref>.left`.
 */
export async function keepLeftBehind(repository: Repository, name: string, { seen, kept }: LeftBehind): Promise<void> {
  const cwd = repository.common;
  const known = new Set(kept);
  const unsure = [...new Set(seen)].filter((sha) => !known.has(sha));
  if (unsure.length === 0) return;
  const input = `${[...unsure, ...kept.map((sha) => `^${sha}`)].join('\n')}\n`;
  const anywhere = ['--glob=refs/coxswain', '--glob=refs/heads', '--glob=refs/remotes', '--glob=refs/tags'];
  // A commit that git no longer has cannot be kept, and must not hinder keeping the others.
  const result = await git(['rev-list', '--ignore-missing', '--stdin', '--not', ...anywhere], { cwd, input });
  const lost = new Set(lines(result.stdout));
  const tips = unsure.filter((sha) => lost.has(sha)).slice(0, MAX_TRIES);
  const first = tips[0];
  if (first === undefined) return;
  const tops = lines(await gitText('Cannot keep commits', ['merge-base', '--independent', ...tips], { cwd }));
  const parents = tops.flatMap((sha) => ['-p', sha]);
  const args = ['commit-tree', `${first}^{tree}`, ...parents, '-m', 'Commits that the branch does not have any more'];
  const commit = (await gitText('Cannot keep commits', args, { cwd, env: await identity(cwd) })).trim();
  await keepCommit(repository, `${name}.left`, commit);
}

interface LeftBehind {
  /** Where `HEAD` of the worktree was. */
  readonly seen: readonly string[];
  /** Known to be kept. */
  readonly kept: readonly string[];
}
