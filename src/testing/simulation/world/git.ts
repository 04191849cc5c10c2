/** A commit: where it comes from, and whether its tree would pass the gates. */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  /** Task whose work it is; null: a person's, or a merge. */
  readonly task: string | null;
  readonly isGood: boolean;
}

/** As much of git as landing needs: commits, the base, branches, the remote, worktrees, and the archive. */
export interface GitWorld {
  readonly commits: Map<string, Commit>;
  base: string;
  /** Local and remote branches, tips by name. */
  readonly branches: Map<string, string>;
  readonly remote: Map<string, string>;
  /** Task -> the branch checked out for it. */
  readonly worktrees: Map<string, { readonly branch: string; start: string }>;
  /** Tips kept under `refs/coxswain/archive`. */
  readonly archive: Set<string>;
  /** Commits that gates have passed on. */
  readonly gated: Set<string>;
  /** Merges of the base by candidate. */
  readonly merges: Map<string, { readonly task: string; readonly commit: string }>;
  /** Tasks whose paths were collected, by commit. */
  readonly collected: Map<string, string>;
}

const ROOT = 'c0';

export function createGit(): GitWorld {
  return {
    commits: new Map([[ROOT, { id: ROOT, parents: [], task: null, isGood: true }]]),
    base: ROOT,
    branches: new Map(),
    remote: new Map(),
    worktrees: new Map(),
    archive: new Set(),
    gated: new Set(),
    merges: new Map(),
    collected: new Map(),
  };
}

export function addCommit(git: GitWorld, commit: Omit<Commit, 'id'>): string {
  const id = `c${git.commits.size}`;
  git.commits.set(id, { ...commit, id });
  return id;
}

/** Whether `commit` is `tip` or one of its ancestors. */
export function reaches(git: GitWorld, tip: string | undefined, commit: string): boolean {
  const seen = new Set<string>();
  const work = tip === undefined ? [] : [tip];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (id === commit) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    work.push(...(git.commits.get(id)?.parents ?? []));
  }
  return false;
}

/** Merges `commit` into the branch unless it is there. */
export function mergeInto(git: GitWorld, branch: string, commit: string): void {
  const tip = git.branches.get(branch);
  if (tip === undefined || reaches(git, tip, commit)) return;
  const isGood = git.commits.get(tip)?.isGood === true && git.commits.get(commit)?.isGood === true;
  git.branches.set(branch, addCommit(git, { parents: [tip, commit], task: null, isGood }));
}
