import type { Violation, Work } from '../core/event.ts';
import { claimProblem } from './claim.ts';
import { type KnownRefs, keepCommit, shelfRef } from './keep.ts';
import type { PlaceRecord } from './record.ts';
import { differ, isAncestor, type Repository, short } from './repository.ts';
import type { RepoPlace } from './site.ts';
import { type OwnCommit, ownWork, type Touch, touches } from './touched.ts';

export interface Branch {
  readonly work: Work;
  /** Commits of the attempt. */
  readonly commits: readonly string[];
  readonly touched: readonly Touch[];
  readonly violations: readonly Violation[];
}

export interface BranchCase {
  readonly repo: RepoPlace;
  readonly record: PlaceRecord;
  readonly refs: KnownRefs;
  readonly claimed: string | null;
}

/** What the branch of an attempt has (E8, T5): derived from git, whatever the report says. */
export async function examineBranch({ repo, record, refs, claimed }: BranchCase): Promise<Branch> {
  const { repository } = repo;
  const head = refs[`refs/heads/${record.branch}`] ?? record.start ?? '';
  const start = record.start ?? head;
  const given = [start, ...record.given, ...baseTips(repo, refs)];
  const made = head === start ? { commits: [], plain: [] } : await ownWork(repository, { head, not: given });
  const own = made.commits;
  const touched = await touches(repository, made);
  const hasGrown = await isGrown(repository, { head, start }, own);
  const isChanged = hasGrown && touched.length > 0 && (await isOther(repository, { head, start }, own));
  const claim = { claimed, head, start, own, touched, branch: record.branch };
  const violations = hasGrown ? [] : [await rewritten(repository, record, { head, start })];
  const problem = await claimProblem(repository, claim);
  return {
    work: { head, start, isChanged, claimProblem: problem },
    commits: own.map(({ sha }) => sha),
    touched,
    violations,
  };
}

/** Commits of the base are nobody's doing on the branch, also when the worker merged them in itself. */
function baseTips({ base, remote }: RepoPlace, refs: KnownRefs): readonly string[] {
  const names = [`refs/heads/${base}`, ...(remote === null ? [] : [`refs/remotes/${remote}/${base}`])];
  return names.flatMap((name) => refs[name] ?? []);
}

interface Ends {
  readonly head: string;
  readonly start: string;
}

async function isGrown(repository: Repository, { head, start }: Ends, own: readonly OwnCommit[]): Promise<boolean> {
  // Mostly the first commit stands right on the start, and git need not be asked.
  return own.some(({ parents }) => parents.includes(start)) || isAncestor(repository.common, start, head);
}

/** What one commit touches is in its tree; what several touch may have been taken back, which git has to say. */
async function isOther(repository: Repository, { head, start }: Ends, own: readonly OwnCommit[]): Promise<boolean> {
  const [first] = own;
  const isOne = own.length === 1 && first?.sha === head && first.parents.length === 1 && first.parents[0] === start;
  return isOne || differ(repository.common, start, head);
}

/** Work that was on the branch is not on it any more: it is kept, and the worker is told. */
async function rewritten(repository: Repository, record: PlaceRecord, { head, start }: Ends): Promise<Violation> {
  await keepCommit(repository, `${shelfRef('archive', record.task, record.fence)}.start`, start);
  const text = `The history of ${record.branch} was rewritten: ${short(start)}, where the attempt started, is no longer part of ${short(head)}. The branch goes back to ${short(start)}: only add commits to it.`;
  return { what: 'ref', path: `refs/heads/${record.branch}`, text };
}
