import { mergeTree } from './merge-in.ts';
import { lines, type Repository } from './repository.ts';
import { gitText } from './run.ts';

/** One path that one commit of an attempt changes. */
export interface Touch {
  readonly commit: string;
  readonly path: string;
  /** `edited`, `deleted`, `made executable`, ...: what the worker is told it did. */
  readonly how: string;
}

interface Range {
  readonly head: string;
  /** Not the attempt's: where it started, the base, what was merged in for it. */
  readonly not: readonly string[];
}

export interface OwnCommit {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** The commits of an attempt: what came in from `not` is nobody's doing here. */
export async function ownCommits(repository: Repository, { head, not }: Range): Promise<readonly OwnCommit[]> {
  const input = `${[head, ...[...new Set(not)].map((sha) => `^${sha}`)].join('\n')}\n`;
  const call = { cwd: repository.common, input };
  const out = await gitText('Cannot list the commits of the attempt', ['rev-list', '--parents', '--stdin'], call);
  return lines(out).map((line) => {
    const [sha = '', ...parents] = line.split(' ');
    return { sha, parents };
  });
}

/**
 * What each commit of an attempt adds over its parents (O2): every commit, so that an edit that is reverted later is seen;
 * for a merge what differs from the merge git makes by itself.
 */
export async function touches(repository: Repository, commits: readonly OwnCommit[]): Promise<readonly Touch[]> {
  const own = new Set(commits.map(({ sha }) => sha));
  const plain = commits.filter(({ parents }) => parents.length <= 1).map(({ sha }) => sha);
  const found = [...(await plainTouches(repository, plain))];
  for (const { sha, parents } of commits.filter((commit) => commit.parents.length > 1)) {
    found.push(...(await mergeTouches(repository, { sha, parents, own })));
  }
  return found;
}

async function plainTouches(repository: Repository, commits: readonly string[]): Promise<readonly Touch[]> {
  if (commits.length === 0) return [];
  const args = ['diff-tree', '--stdin', '-r', '-z', '--no-renames', '--root'];
  const out = await gitText('Cannot read commits', args, { cwd: repository.common, input: `${commits.join('\n')}\n` });
  return parseDiff(out, '');
}

interface Merge {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly own: ReadonlySet<string>;
}

/**
 * A path that came out as one of the given sides has it is that side's and not blamed: taking the base's version of the
 * ledger is the right resolution, keeping an older one is not.
 */
async function mergeTouches(repository: Repository, { sha, parents, own }: Merge): Promise<readonly Touch[]> {
  const [ours = '', theirs = '', ...more] = parents;
  const found =
    more.length === 0
      ? await addedByMerge(repository, { sha, ours, theirs })
      : await differsFromAny(repository, sha, parents);
  if (found.length === 0) return [];
  const given = parents.filter((parent) => !own.has(parent));
  const differs = await Promise.all(given.map((parent) => differing(repository, parent, sha)));
  return found.filter(({ path }) => differs.every((paths) => paths.some((each) => each.path === path)));
}

async function addedByMerge(
  repository: Repository,
  merge: { readonly sha: string; readonly ours: string; readonly theirs: string },
): Promise<readonly Touch[]> {
  const auto = await mergeTree(repository, merge.ours, merge.theirs);
  const edits = await differing(repository, auto.tree, merge.sha);
  const seen = new Set(edits.map(({ path }) => path));
  const resolved = auto.conflicts
    .filter((path) => !seen.has(path))
    .map((path) => ({ commit: merge.sha, path, how: 'resolved' }));
  return [...edits, ...resolved];
}

/** More than two parents: git itself refuses conflicts there, so nothing but a hand-made merge gets here with one. */
async function differsFromAny(
  repository: Repository,
  sha: string,
  parents: readonly string[],
): Promise<readonly Touch[]> {
  const all = (await Promise.all(parents.map((parent) => differing(repository, parent, sha)))).flat();
  return [...new Map(all.map((touch) => [touch.path, touch])).values()];
}

async function differing(repository: Repository, from: string, to: string): Promise<readonly Touch[]> {
  const args = ['diff-tree', '-r', '-z', '--no-renames', from, to];
  return parseDiff(await gitText('Cannot compare commits', args, { cwd: repository.common }), to);
}

interface Change {
  readonly commit: string;
  readonly path: string;
  readonly modes: readonly [string, string];
  readonly shas: readonly [string, string];
  readonly status: string;
}

function parseDiff(out: string, commit: string): readonly Touch[] {
  const changes: Change[] = [];
  let current = commit;
  const fields = out.split('\0');
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? '';
    if (field === '') continue;
    if (!field.startsWith(':')) {
      current = field;
      continue;
    }
    const [from = '', to = '', old = '', now = '', status = ''] = field.slice(1).split(' ');
    at += 1;
    changes.push({ commit: current, path: fields[at] ?? '', modes: [from, to], shas: [old, now], status });
  }
  return changes.map((change) => ({ commit: change.commit, path: change.path, how: how(change, changes) }));
}

function how({ commit, modes: [from, to], shas, status }: Change, all: readonly Change[]): string {
  if (status === 'D') {
    const target = all.find((each) => each.commit === commit && each.status === 'A' && each.shas[1] === shas[0]);
    return target === undefined ? 'deleted' : `renamed to ${target.path}`;
  }
  if (to === '120000') return from === '120000' ? 'pointed elsewhere' : 'replaced by a link';
  if (to === '160000') return 'replaced by a submodule';
  if (status === 'A') return 'added';
  return shas[0] === shas[1] ? `given mode ${to.slice(3)}` : 'edited';
}
