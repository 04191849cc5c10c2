import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KnownRefs } from './keep.ts';
import { git } from './run.ts';
import { inTree, type Tree } from './tree.ts';

export interface TreeHead {
  /** Full name; null: detached. */
  readonly branch: string | null;
  /** null: the branch does not exist (any more). */
  readonly commit: string | null;
}

/** What a worktree has checked out, read from its `HEAD` file where that says it, else from git (reftables). */
export async function treeHead(tree: Tree, refs: KnownRefs): Promise<TreeHead> {
  const text = (await readFile(path.join(tree.admin, 'HEAD'), 'utf8').catch(() => '')).trim();
  if (/^[0-9a-f]{40,64}$/.test(text)) return { branch: null, commit: text };
  const branch = /^ref: (refs\/heads\/.+)$/.exec(text)?.[1];
  if (branch !== undefined && branch !== 'refs/heads/.invalid') return { branch, commit: refs[branch] ?? null };
  const [on, at] = await Promise.all([
    git(['symbolic-ref', '--quiet', 'HEAD'], inTree(tree)),
    git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], inTree(tree)),
  ]);
  return { branch: on.stdout.trim() || null, commit: at.stdout.trim() || null };
}
