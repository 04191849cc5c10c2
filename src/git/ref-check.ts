import { holdsEarlierWork } from './earlier-work.ts';
import type { Guard } from './guard-file.ts';
import { OUR_MOVES } from './keep.ts';
import type { PlaceRecord } from './record.ts';
import { type Move, readHeadLog, readRefLog } from './reflog.ts';
import { isAncestor, lines, type Repository, short } from './repository.ts';
import { git } from './run.ts';

export interface RefChange {
  readonly ref: string;
  /** null: it was not there, is not there. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface RefVerdict extends RefChange {
  readonly text: string;
  readonly isRestored: boolean;
}

export interface RefCase {
  readonly repository: Repository;
  readonly guard: Guard;
  readonly record: PlaceRecord;
  readonly now: Readonly<Record<string, string>>;
  /** Branches that other attempts own while this one runs, or that were made for tasks since. */
  readonly ownedByOthers: ReadonlySet<string>;
}

/**
 * Which refs the worker moved, made, deleted or pushed that are not its own branch (O4). Git does not say who moved a ref,
 * so this asks what the logs show. A change is not held against the attempt when
 *
 * - it is the branch of another attempt, or our own (the reflog carries our mark, `coxswain:`);
 * - `HEAD` of a checkout that is no worker's went to the same commit, with a reason (`commit: ...`, `checkout: ...`): a
 *   person at work there; plumbing from elsewhere leaves no such line;
 * - a remote-tracking branch was fetched, or pushed forward by somebody else;
 * - a new tag or other ref outside `refs/heads` holds none of the task's commits: a fetch makes those.
 *
 * Whatever the logs show, a ref that now holds commits of the attempt is held against it.
 */
export async function judgeRefs(refs: RefCase): Promise<readonly RefVerdict[]> {
  const changes = changedRefs(refs);
  if (changes.length === 0) return [];
  const evidence = await gather(refs);
  const verdicts: RefVerdict[] = [];
  for (const change of changes) {
    const verdict = await judge(refs, evidence, change);
    if (verdict !== null) verdicts.push({ ...change, ...verdict });
  }
  return verdicts;
}

function changedRefs({ guard, now, record, ownedByOthers }: RefCase): readonly RefChange[] {
  const names = [...new Set([...Object.keys(guard.refs), ...Object.keys(now)])].sort();
  return names
    .map((ref) => ({ ref, from: guard.refs[ref] ?? null, to: now[ref] ?? null }))
    .filter(({ ref, from, to }) => from !== to && ref !== 'refs/stash' && !ownedByOthers.has(ref))
    .filter(({ ref, from }) => from !== null || !ref.startsWith('refs/coxswain/'))
    .filter(({ ref, to }) => ref !== `refs/heads/${record.branch}` || to === null)
    .filter(({ ref, from, to }) => !(ref.startsWith('refs/remotes/') && (from ?? to)?.startsWith('ref: ')));
}

interface Evidence {
  /** How `HEAD` of checkouts of persons moved since the attempt began, with a reason. */
  readonly visits: readonly Move[];
  /** Commits the attempt has that nothing had before; those it merged in from the base among them. */
  readonly made: ReadonlySet<string>;
}

async function gather({ repository, guard, record, now, ownedByOthers }: RefCase): Promise<Evidence> {
  const logs = await Promise.all(guard.checkouts.map(({ admin, logBytes }) => readHeadLog(admin, logBytes)));
  const log = record.admin === null ? [] : await readHeadLog(record.admin);
  const own = now[`refs/heads/${record.branch}`];
  const tips = [...log.map(({ to }) => to), ...(own === undefined ? [] : [own])];
  const others = [...ownedByOthers].flatMap((ref) => now[ref] ?? []);
  return {
    visits: logs.flat().filter(({ why }) => why !== ''),
    made: new Set(await newCommits(repository, guard, tips, others)),
  };
}

/** Commits of these that nothing had when the attempt began, nor `more` has now. */
async function newCommits(
  repository: Repository,
  guard: Guard,
  tips: readonly string[],
  more: readonly string[] = [],
): Promise<readonly string[]> {
  if (tips.length === 0) return [];
  const known = [...Object.values(guard.refs).filter((sha) => !sha.startsWith('ref: ')), ...more];
  const input = `${[...new Set(tips), ...new Set(known.map((sha) => `^${sha}`))].join('\n')}\n`;
  const result = await git(['rev-list', '--ignore-missing', '--stdin'], { cwd: repository.common, input });
  return lines(result.stdout);
}

type Judgement = Pick<RefVerdict, 'text' | 'isRestored'> | null;

async function judge(refs: RefCase, evidence: Evidence, change: RefChange): Promise<Judgement> {
  const { ref, from, to } = change;
  const isTheirs = to !== null && (await holdsWork(refs, evidence, to));
  const log = to === null ? [] : await readRefLog(refs.repository.common, ref);
  const last = log.findLast((move) => move.to === to) ?? null;
  if (ref.startsWith('refs/remotes/')) return judgeRemote(refs, { change, isTheirs, last });
  const isOurs = last !== null && last === log.at(-1) && last.why.startsWith(OUR_MOVES);
  if (ref.startsWith('refs/coxswain/')) return isOurs ? null : told(change, true);
  const wasVisited = evidence.visits.some((visit) => visit.to === to);
  if ((isOurs || wasVisited) && !isTheirs) return null;
  const isHarmless = from === null && !/^refs\/(?:heads|replace)\//.test(ref);
  if (isHarmless && !isTheirs && !(to !== null && (await holdsEarlierWork(refs, to)))) return null;
  // Where a person's checkout stands on it, moving it back would leave that checkout's files behind (DESIGN trap 1).
  return told(change, !wasVisited);
}

interface RemoteCase {
  readonly change: RefChange;
  readonly isTheirs: boolean;
  /** The line of its log that brought it where it is. */
  readonly last: Move | null;
}

async function judgeRemote(
  { repository, record }: RefCase,
  { change, isTheirs, last }: RemoteCase,
): Promise<Judgement> {
  const { ref, from, to } = change;
  if (ref.split('/').slice(3).join('/') === record.branch) return null;
  if (to === null) return (await prunes(repository)) ? null : told(change, true);
  const isPush = last?.why === 'update by push';
  const isFetch = /^(?:fetch|pull|clone)/.test(last?.why ?? '');
  if (isTheirs && (isPush || isFetch))
    return { text: `commits of the attempt were pushed to ${ref}`, isRestored: false };
  if (isFetch || (last === null && !isTheirs)) return null;
  if (!isPush) return told(change, true);
  const isForward = from === null || (await isAncestor(repository.common, from, to).catch(() => false));
  return isForward ? null : { text: `${ref} was pushed back from ${short(from)} to ${short(to)}`, isRestored: false };
}

/**
 * Does it have commits of the attempt? What the attempt merged in from the base is not its own: commits that a person's
 * `HEAD` went through, each from where it stood to where it came, are theirs. A commit put under a person's feet by
 * `update-ref` is not: no line of that log has it as an end.
 */
async function holdsWork({ repository, guard }: RefCase, { made, visits }: Evidence, tip: string): Promise<boolean> {
  if (made.size === 0 || tip.startsWith('ref: ')) return false;
  const suspects = new Set((await newCommits(repository, guard, [tip])).filter((sha) => made.has(sha)));
  for (const { from, to } of visits) {
    if (suspects.size === 0) return false;
    const range = /^0+$/.test(from) ? [to] : [to, `^${from}`];
    const result = await git(['rev-list', '--ignore-missing', ...range, '--'], { cwd: repository.common });
    for (const sha of lines(result.stdout)) suspects.delete(sha);
  }
  return suspects.size > 0;
}

async function prunes(repository: Repository): Promise<boolean> {
  const args = ['config', '--get-regexp', '^(fetch|remote\\..*)\\.prune$', 'true'];
  return (await git(args, { cwd: repository.common })).exitCode === 0;
}

function told({ ref, from, to }: RefChange, isRestored: boolean): RefVerdict {
  const what =
    from === null
      ? `${ref} was created at ${name(to)}`
      : to === null
        ? `${ref} was deleted`
        : `${ref} was moved from ${name(from)} to ${name(to)}`;
  return { ref, from, to, text: what, isRestored };
}

function name(value: string | null): string {
  return value === null ? 'nothing' : value.startsWith('ref: ') ? value : short(value);
}
