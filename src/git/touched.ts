import { mergeTree } from './merge-in.ts';
import type { Repository } from './repository.ts';
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

export interface OwnWork {
  readonly commits: readonly OwnCommit[];
  /** Of commits with one parent or none. */
  readonly plain: readonly Touch[];
}

/**
 * `log` is made for persons: what their settings would change of it is said here. Submodules count also where
 * `.gitmodules`, which is the worker's to write, says that they do not.
 */
const LOG = [
  ...['log', '--stdin', '-z', '--format=>%H %P', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=none'],
  ...['--no-diff-merges', '--no-relative', '--no-color', '--no-show-signature'],
];

/** The commits of an attempt, and what they touch: what came in from `not` is nobody's doing here. */
export async function ownWork(repository: Repository, { head, not }: Range): Promise<OwnWork> {
  const input = `${[head, ...[...new Set(not)].map((sha) => `^${sha}`)].join('\n')}\n`;
  const call = { cwd: repository.common, input, config: ['log.showRoot=true'] };
  const out = await gitText('Cannot list the commits of the attempt', LOG, call);
  const commits: OwnCommit[] = [];
  const plain = parseDiff(out, '', (field) => {
    const [sha = '', ...parents] = field
      .slice(1)
      .split(' ')
      .filter((each) => each !== '');
    commits.push({ sha, parents });
    return sha;
  });
  return { commits, plain };
}

/**
 * What each commit of an attempt adds over its parents (O2): every commit, so that an edit that is reverted later is seen;
 * for a merge what differs from the merge git makes by itself.
 */
export async function touches(repository: Repository, { commits, plain }: OwnWork): Promise<readonly Touch[]> {
  const own = new Set(commits.map(({ sha }) => sha));
  const found = [...plain];
  for (const { sha, parents } of commits.filter((commit) => commit.parents.length > 1)) {
    found.push(...(await mergeTouches(repository, { sha, parents, own })));
  }
  return found;
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

/** @param commitOf Told every field that is neither a change nor its path: the commit that the next ones belong to. */
function parseDiff(out: string, commit: string, commitOf: (field: string) => string = () => commit): readonly Touch[] {
  const changes: Change[] = [];
  let current = commit;
  const fields = out.split('\0');
  for (let at = 0; at < fields.length; at++) {
    const field = (fields[at] ?? '').replace(/^\n/, '');
    if (field === '') continue;
    if (!field.startsWith(':')) {
      current = commitOf(field);
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
