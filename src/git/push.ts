import type { TaskId } from '../core/fact.ts';
import type { Failure } from '../core/failure.ts';
import { crashPoint } from '../process/crash-point.ts';
import { asFailure, fail } from './failure.ts';
import { inTurn } from './queue.ts';
import { fetchRemote, pushBranch } from './remote.ts';
import { isAncestor, readRefs, short } from './repository.ts';
import { type RepoPlace, repoPlace, type Site } from './site.ts';

interface PushRequest {
  readonly task: TaskId;
  readonly repo: string | null;
  readonly branch: string;
  readonly commit: string;
}

/**
 * Pushes exactly the commit to the task's branch (T6, DESIGN trap 5), unforced. A rejected push is done when the remote
 * already has the commit, as after a crash of ours. null: it is there, or there is nowhere to push to.
 */
export async function push(site: Site, request: PushRequest): Promise<Failure | null> {
  const repo = await repoPlace(site, request.repo);
  const { remote, repository } = repo;
  if (remote === null || !site.options.git.push) return null;
  return inTurn(repository.common, async () => {
    crashPoint('branch-push:before');
    const pushed = await pushBranch(repository, { remote, commit: request.commit, branch: request.branch });
    crashPoint('branch-push:after');
    if (pushed.kind === 'there') return null;
    if (pushed.kind === 'refused') return pushed.failure;
    return isThereAlready(repo, { ...request, remote });
  });
}

async function isThereAlready(
  { repository }: RepoPlace,
  asked: PushRequest & { readonly remote: string },
): Promise<Failure | null> {
  const { remote, branch, commit, task } = asked;
  await fetchRemote(repository, remote);
  const ref = `refs/remotes/${remote}/${branch}`;
  const theirs = (await readRefs(repository, [ref])).get(ref) ?? null;
  if (theirs !== null && (await isAncestor(repository.common, commit, theirs))) return null;
  const has = theirs === null ? 'something else' : `commit ${short(theirs)}, which is not in it`;
  const text = `Cannot push ${short(commit)} of ${task}: ${branch} on ${remote} has ${has}. Merge it into ${branch}, then retry.`;
  return asFailure(fail('merge', 'push-rejected', text));
}
