import { differ, isAncestor, type Repository, resolveCommit, short } from './repository.ts';
import { git } from './run.ts';
import type { OwnCommit, Touch } from './touched.ts';

export interface Claim {
  /** As the report spells it; null: it names none. */
  readonly claimed: string | null;
  readonly head: string;
  readonly start: string;
  readonly branch: string;
  readonly own: readonly OwnCommit[];
  readonly touched: readonly Touch[];
}

/** What is wrong with the commit a report names (T5); null: it is on the branch, new and not empty, or none was named. */
export async function claimProblem(repository: Repository, claim: Claim): Promise<string | null> {
  const { claimed, own, touched } = claim;
  if (claimed === null) return null;
  const named = `The report names commit ${JSON.stringify(claimed.slice(0, 80))}`;
  if (!/^[0-9a-f]{7,64}$/i.test(claimed))
    return `${named}, which is not the id of a commit: 7 to 40 hexadecimal digits were expected.`;
  const found = own.filter(({ sha }) => sha.startsWith(claimed.toLowerCase()));
  const sha = found.length === 1 ? found[0]?.sha : undefined;
  if (sha === undefined) return `${named}, which ${await whyNotOwn(repository, claim, claimed)}.`;
  const isEmpty = !touched.some(({ commit }) => commit === sha) && !(await changesAny(repository, sha));
  return isEmpty ? `${named}, which changes nothing.` : null;
}

async function whyNotOwn(repository: Repository, { head, start, branch }: Claim, claimed: string): Promise<string> {
  const sha = await resolveCommit(repository.common, claimed);
  if (sha === null) return 'does not exist in the repository, or is not the only one that begins so';
  if (await isAncestor(repository.common, sha, start))
    return `is older than the attempt: it was there at ${short(start)}`;
  if (!(await isAncestor(repository.common, sha, head))) return `is not on ${branch}`;
  return "came from elsewhere and is not the attempt's work";
}

/** A merge of the base touches nothing itself, but is not empty. */
async function changesAny(repository: Repository, sha: string): Promise<boolean> {
  const parent = await git(['rev-parse', '--verify', '--quiet', `${sha}^1`], { cwd: repository.common });
  return parent.exitCode !== 0 || differ(repository.common, `${sha}^1`, sha);
}
