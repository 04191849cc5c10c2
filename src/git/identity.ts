import { git } from './run.ts';

const FALLBACK = { name: 'Coxswain', email: 'coxswain@localhost' };

const known = new Map<string, Promise<Record<string, string>>>();

/**
 * Environment for commits of ours. The person's identity is used; where git has none at all, a run should not stop for
 * it: our commits are then signed `Coxswain <coxswain@localhost>`, which is also the truth.
 */
export function identity(cwd: string): Promise<Record<string, string>> {
  const cached = known.get(cwd);
  if (cached !== undefined) return cached;
  const asked = askIdentity(cwd);
  known.set(cwd, asked);
  return asked;
}

async function askIdentity(cwd: string): Promise<Record<string, string>> {
  const [author, committer] = await Promise.all([
    git(['var', 'GIT_AUTHOR_IDENT'], { cwd }),
    git(['var', 'GIT_COMMITTER_IDENT'], { cwd }),
  ]);
  return {
    ...(author.exitCode === 0 ? {} : { GIT_AUTHOR_NAME: FALLBACK.name, GIT_AUTHOR_EMAIL: FALLBACK.email }),
    ...(committer.exitCode === 0 ? {} : { GIT_COMMITTER_NAME: FALLBACK.name, GIT_COMMITTER_EMAIL: FALLBACK.email }),
  };
}
