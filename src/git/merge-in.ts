import { commandFailure, fail } from './failure.ts';
import { identity } from './identity.ts';
import { isAncestor, type Repository, resolveCommit, short } from './repository.ts';
import { git, gitText } from './run.ts';

export interface Side {
  /** How people know it: a task id or a branch. */
  readonly name: string;
  readonly commit: string;
}

export interface MergeInto {
  readonly branch: string;
  readonly tip: string;
  readonly sides: readonly Side[];
}

/**
 * The commit that has all `sides` merged into `tip`, built without a work tree (T13, K7): a conflict leaves nothing behind
 * because nothing was touched. No ref is moved. Hooks have no part in it, as no checkout has.
 *
 * @throws GitError `merge` naming both sides and the files.
 */
export async function mergeIn(repository: Repository, { branch, tip, sides }: MergeInto): Promise<string> {
  let merged = tip;
  for (const side of sides) merged = await mergeOne(repository, { branch, tip: merged, side });
  return merged;
}

interface MergeOne {
  readonly branch: string;
  readonly tip: string;
  readonly side: Side;
}

async function mergeOne(repository: Repository, { branch, tip, side }: MergeOne): Promise<string> {
  const cwd = repository.common;
  if (await isAncestor(cwd, side.commit, tip)) return tip;
  if (await isAncestor(cwd, tip, side.commit)) return side.commit;
  const tree = await mergedTree(repository, { branch, tip, side });
  const message = `Merge ${side.name} (${short(side.commit)}) into ${branch}`;
  const args = ['commit-tree', tree, '-p', tip, '-p', side.commit, '-m', message];
  return (await gitText(`Cannot merge ${side.name}`, args, { cwd, env: await identity(cwd) })).trim();
}

async function mergedTree(repository: Repository, { branch, tip, side }: MergeOne): Promise<string> {
  const merge = await mergeTree(repository, tip, side.commit);
  if (merge.conflicts.length === 0) return merge.tree;
  const what = `${side.name} (${short(side.commit)}) into ${branch} (${short(tip)})`;
  throw fail(
    'merge',
    'conflict',
    `Cannot merge ${what}: both changed ${merge.conflicts.join(', ')}. Merge them by hand on ${branch}, then retry.`,
    merge.conflicts.join('\n'),
  );
}

export interface TreeMerge {
  /** With conflict markers in the files that conflict. */
  readonly tree: string;
  readonly conflicts: readonly string[];
}

/** What git makes of two commits by itself. */
export async function mergeTree(repository: Repository, ours: string, theirs: string): Promise<TreeMerge> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const result = await git(args, { cwd: repository.common });
  if (result.exitCode !== 0 && result.exitCode !== 1) {
    throw commandFailure(`Cannot merge ${short(theirs)} into ${short(ours)}`, result.stderr);
  }
  const [tree = '', ...conflicts] = result.stdout.split('\0').filter((field) => field !== '');
  return { tree, conflicts: [...new Set(conflicts)] };
}

/** Leaves out commits this repository does not have, where they may live in another one (T11). */
export async function presentSides(
  repository: Repository,
  sides: readonly Side[],
  mayMiss: () => Promise<boolean>,
): Promise<readonly Side[]> {
  const present: Side[] = [];
  for (const side of sides) {
    if ((await resolveCommit(repository.common, side.commit)) !== null) present.push(side);
    else if (!(await mayMiss())) {
      const text = `Cannot merge ${side.name}: its commit ${short(side.commit)} is not in ${repository.root}. Fetch it, then retry.`;
      throw fail('workspace', 'no-commit', text);
    }
  }
  return present;
}
