import type { Failure } from '../core/failure.ts';
import { sshCommand } from './environment.ts';
import { asFailure, commandFailure, fail } from './failure.ts';
import type { Repository } from './repository.ts';
import { git } from './run.ts';

const sshKnown = new Map<string, Promise<Record<string, string>>>();

/** ssh must not ask either; a command the person configured is kept. */
function networkEnv(repository: Repository): Promise<Record<string, string>> {
  const cached = sshKnown.get(repository.common);
  if (cached !== undefined) return cached;
  const asked = git(['config', '--get', 'core.sshCommand'], { cwd: repository.common }).then(({ exitCode, stdout }) => {
    const command = sshCommand(exitCode === 0 ? stdout.trim() : null);
    return command === null ? {} : { GIT_SSH_COMMAND: command };
  });
  sshKnown.set(repository.common, asked);
  return asked;
}

/**
 * Brings the remote-tracking branches up to date; no tags, and the person's `FETCH_HEAD` stays.
 * @throws GitError `auth`, `remote-unreachable`, `no-remote`
 */
export async function fetchRemote(repository: Repository, remote: string): Promise<void> {
  const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote];
  const result = await git(args, { cwd: repository.root, env: await networkEnv(repository) });
  if (result.exitCode === 0) return;
  await refuseUnknown(repository, remote);
  throw commandFailure(`Cannot fetch from ${remote}`, result.stderr);
}

export type Pushed =
  | { readonly kind: 'there' }
  /** The remote has something the pushed commit does not have. */
  | { readonly kind: 'behind'; readonly stderr: string }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** Pushes one commit to one branch, unforced (DESIGN trap 5). */
export async function pushBranch(
  repository: Repository,
  { remote, commit, branch }: { readonly remote: string; readonly commit: string; readonly branch: string },
): Promise<Pushed> {
  const refspec = `${commit}:refs/heads/${branch}`;
  const args = ['push', '--porcelain', '--no-follow-tags', '--recurse-submodules=no', '--', remote, refspec];
  const result = await git(args, { cwd: repository.root, env: await networkEnv(repository) });
  if (result.exitCode === 0) return { kind: 'there' };
  const line = result.stdout.split('\n').find((each) => each.startsWith('!')) ?? '';
  if (/\[rejected\]|cannot lock ref|failed to update ref|reference already exists/.test(line)) {
    return { kind: 'behind', stderr: result.stderr };
  }
  try {
    await refuseUnknown(repository, remote);
    const failure = line === '' ? asFailure(commandFailure(`Cannot push ${branch} to ${remote}`, result.stderr)) : null;
    if (failure !== null && failure.code !== 'git-failed') return { kind: 'refused', failure };
  } catch (error) {
    return { kind: 'refused', failure: asFailure(error) };
  }
  const why = /\(([^)]*)\)\s*$/.exec(line)?.[1] ?? 'a hook of this repository refused it';
  const text = `Cannot push ${branch} to ${remote}: the push was refused (${why}). See what it says, mend it, then retry.`;
  return { kind: 'refused', failure: asFailure(fail('merge', 'push-refused', text, result.stderr)) };
}

async function refuseUnknown(repository: Repository, remote: string): Promise<void> {
  const known = await git(['config', '--get', `remote.${remote}.url`], { cwd: repository.common });
  if (known.exitCode === 0) return;
  const text = `The repository ${repository.root} has no remote named ${remote}. Add it with \`git remote add ${remote} URL\`, or set git.remote to null in coxswain.yaml.`;
  throw fail('config', 'no-remote', text);
}
