import { copyFile, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { TaskId } from '../core/fact.ts';
import { commandFailure } from './failure.ts';
import { identity } from './identity.ts';
import { keepCommit, shelfRef } from './keep.ts';
import { readRefs, resolveCommit } from './repository.ts';
import { type IndexCopy, takeFiles, utf8 } from './rescue-files.ts';
import { git, gitText } from './run.ts';
import { parseStatus, type StatusEntry } from './status.ts';
import { inTree, type Tree } from './tree.ts';

export interface Rescued {
  /** Where the files were saved; null: nothing was dirty. */
  readonly ref: string | null;
  /** Paths with something uncommitted. */
  readonly dirty: readonly string[];
  /** Files that were not put into the repository (too big, unreadable): they must be moved before the folder goes. */
  readonly left: readonly string[];
}

interface Of {
  readonly task: TaskId;
  readonly fence: number;
}

/**
 * Commits what is in the files of a worktree to `refs/coxswain/rescue/<task>/<fence>` (E6, E7): untracked files too, not
 * ignored ones. Branch, index and files stay as they are: the commit is made with a copy of the index. What was staged and
 * then changed again is the second parent, as `git stash` does it. Doing it twice gives the same ref. Repositories inside
 * the worktree are saved as plain files, and their branches under `<ref>.nested/`.
 */
export async function rescue(tree: Tree, of: Of): Promise<Rescued> {
  const index = path.join(tree.admin, 'coxswain-index');
  try {
    const copy: IndexCopy = {
      tree,
      index: await copyIndex(tree, index),
      nested: `${shelfRef('rescue', of.task, of.fence)}.nested`,
    };
    const entries = await dirtyEntries(copy);
    if (entries.length === 0) return { ref: null, dirty: [], left: [] };
    const staged = await stagedCommit(copy, entries);
    const left = (await takeFiles(copy, entries)).map(utf8);
    const ref = await commitFiles(copy, { staged, left, ...of });
    return { ref, dirty: entries.map((entry) => utf8(entry.path)), left };
  } finally {
    await rm(index, { force: true });
  }
}

/** A copy that git takes for older than it is: files written in the same tick as the index are then compared, not trusted. */
async function copyIndex(tree: Tree, copy: string): Promise<string> {
  const original = path.join(tree.admin, 'index');
  const found = await stat(original).catch(() => null);
  if (found === null) {
    await git(['read-tree', 'HEAD'], inTree(tree, { env: { GIT_INDEX_FILE: copy } }));
    return copy;
  }
  await copyFile(original, copy);
  const floor = Math.floor(found.mtimeMs / 1000);
  await utimes(copy, floor, floor);
  return copy;
}

async function dirtyEntries({ tree, index }: IndexCopy): Promise<readonly StatusEntry[]> {
  const args = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames'];
  const call = inTree(tree, { env: { GIT_INDEX_FILE: index }, isBytes: true });
  const first = await git(args, call);
  if (first.exitCode === 0) return parseStatus(first.stdout).entries;
  // A worker can break its index; the files are what counts.
  await rm(index, { force: true });
  await git(['read-tree', 'HEAD'], call);
  const second = await git(args, call);
  if (second.exitCode !== 0) throw commandFailure(`Cannot see what is in ${tree.root}`, second.stderr);
  return parseStatus(second.stdout).entries;
}

/** The index as it is, where it holds something that neither the branch nor the files have. */
async function stagedCommit({ tree, index }: IndexCopy, entries: readonly StatusEntry[]): Promise<string | null> {
  const isHidden = entries.some(({ state }) => state[0] !== '.' && state[1] !== '.' && state[0] !== '?');
  if (!isHidden || entries.some(({ isUnmerged }) => isUnmerged)) return null;
  const call = inTree(tree, { env: { ...(await identity(tree.repository.common)), GIT_INDEX_FILE: index } });
  const written = await git(['write-tree'], call);
  const head = await headOf(tree);
  if (written.exitCode !== 0 || head === null) return null;
  const args = ['commit-tree', written.stdout.trim(), '-p', head, '-m', 'What was staged'];
  return (await gitText('Cannot save what is staged', args, call)).trim();
}

interface Content extends Of {
  readonly staged: string | null;
  readonly left: readonly string[];
}

async function commitFiles({ tree, index }: IndexCopy, content: Content): Promise<string | null> {
  const { staged, left, task, fence } = content;
  const call = inTree(tree, { env: { ...(await identity(tree.repository.common)), GIT_INDEX_FILE: index } });
  const written = (await gitText('Cannot save the files', ['write-tree'], call)).trim();
  const known = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], inTree(tree));
  const head = known.exitCode === 0 ? known.stdout.trim() : null;
  if (staged === null && head !== null && written === (await treeOf(tree, head))) return null;
  const name = shelfRef('rescue', task, fence);
  if (await isRescued(tree, { name, written, head })) return name;
  const parents = [head, staged].filter((sha) => sha !== null).flatMap((sha) => ['-p', sha]);
  const note = left.length === 0 ? '' : `\n\nNot included, too big or unreadable:\n${left.join('\n')}`;
  const message = `Uncommitted work of ${task}, attempt ${fence}${note}`;
  const commit = (
    await gitText('Cannot save the files', ['commit-tree', written, ...parents, '-m', message], call)
  ).trim();
  return keepCommit(tree.repository, name, commit);
}

interface Wanted {
  readonly name: string;
  readonly written: string;
  readonly head: string | null;
}

async function isRescued(tree: Tree, { name, written, head }: Wanted): Promise<boolean> {
  const commit = (await readRefs(tree.repository, [name])).get(name);
  if (commit === undefined || (await treeOf(tree, commit)) !== written) return false;
  return (await resolveCommit(tree.repository.common, `${commit}^1`)) === head;
}

async function headOf(tree: Tree): Promise<string | null> {
  const result = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], inTree(tree));
  return result.exitCode === 0 ? result.stdout.trim() : null;
}

async function treeOf(tree: Tree, commit: string): Promise<string> {
  return (
    await gitText('Cannot read a commit', ['rev-parse', `${commit}^{tree}`], { cwd: tree.repository.common })
  ).trim();
}
