import { execFileSync } from 'node:child_process';

/**
 * Git as an agent would use it: in its worktree, with a fixed author and date, so that the same scenario makes the same
 * commits. Node's own call and not `execa`, which would double the start of a program that mostly waits.
 */
export function scriptGit(cwd: string, env: Readonly<Record<string, string | undefined>>, dateSeconds: number) {
  const date = `${dateSeconds} +0000`;
  const identity = {
    GIT_AUTHOR_NAME: 'Script Agent',
    GIT_AUTHOR_EMAIL: 'script@coxswain.invalid',
    GIT_COMMITTER_NAME: 'Script Agent',
    GIT_COMMITTER_EMAIL: 'script@coxswain.invalid',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  return (...args: string[]): string =>
    execFileSync('git', args, {
      cwd,
      env: { ...identity, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim();
}

/** A date that depends on the task alone: crash tests compare runs that took different times. */
export function dateOf(task: string): number {
  let hash = 0;
  for (const character of task) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 86_400;
  return Date.UTC(2026, 0, 1) / 1_000 + hash;
}
