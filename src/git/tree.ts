import { existsSync } from 'node:fs';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Repository } from './repository.ts';
import type { GitCall } from './run.ts';

/** A worktree of a task, addressed by its own git folder: the `.git` file inside is the worker's to break. */
export interface Tree {
  readonly repository: Repository;
  readonly root: string;
  readonly admin: string;
}

/** How to run git in the worktree without asking the worktree where its repository is. */
export function inTree(tree: Tree, call: Partial<GitCall> = {}): GitCall {
  return { cwd: tree.root, ...call, env: { GIT_DIR: tree.admin, GIT_WORK_TREE: tree.root, ...call.env } };
}

/**
 * Puts the `.git` file back that ties the folder to its repository. A `.git` folder in its place is a repository that the
 * worker made: it is moved to `aside`, not lost. True: it had to be mended.
 */
export async function mendGitFile(tree: Tree, aside: string): Promise<boolean> {
  const file = path.join(tree.root, '.git');
  const wanted = `gitdir: ${tree.admin}`;
  const found = await lstat(file).catch(() => null);
  if (found?.isFile() && (await readFile(file, 'utf8')).trim() === wanted) return false;
  if (found !== null) {
    await mkdir(path.dirname(aside), { recursive: true });
    await rename(file, aside);
  }
  await writeFile(file, `${wanted}\n`);
  return true;
}

/**
 * Removes locks that a killed worker left. Only called when its whole process tree is gone, and only for what nobody but
 * this worktree uses: its own git folder and its own branch.
 */
export async function removeStaleLocks(tree: Tree, branch: string): Promise<void> {
  const own = ['index.lock', 'HEAD.lock', 'ORIG_HEAD.lock', 'logs/HEAD.lock', 'config.worktree.lock'];
  const files = [
    ...own.map((name) => path.join(tree.admin, name)),
    path.join(tree.repository.common, 'refs', 'heads', `${branch}.lock`),
  ];
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

/** The half-done operation a worktree is in; null: none. */
export function operationUnderWay(admin: string): Operation | null {
  return OPERATIONS.find(({ file }) => existsSync(path.join(admin, file))) ?? null;
}

export interface Operation {
  readonly name: string;
  readonly file: string;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'rebase', file: 'rebase-merge' },
  { name: 'rebase', file: 'rebase-apply' },
  { name: 'cherry-pick', file: 'CHERRY_PICK_HEAD' },
  { name: 'revert', file: 'REVERT_HEAD' },
  { name: 'merge', file: 'MERGE_HEAD' },
  { name: 'bisect', file: 'BISECT_LOG' },
];
