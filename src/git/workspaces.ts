import type { Workspaces } from '../port/workspace.ts';
import { cleanup } from './cleanup.ts';
import { asFailure, GitError } from './failure.ts';
import { gatePlace } from './gate-pool.ts';
import { guard } from './guard.ts';
import { inspect } from './inspect.ts';
import { resumeKeepers } from './keeper.ts';
import { prepare } from './prepare.ts';
import { push } from './push.ts';
import { openSite, type WorkspacesOptions } from './site.ts';
import { tidy } from './tidy.ts';

/**
 * Workspaces in git worktrees (M1). Nothing is touched until the first operation. `prepare` and `push` answer with a
 * failure; the others throw a `GitError`, whose `failure` says what a person has to do, because nothing of what can go
 * wrong there is the task's fault.
 *
 * @example
 * const workspaces = openWorkspaces({ projectRoot, git, repos, workspace, own, ledgerFiles: ['docs/tasks.md'] });
 */
export function openWorkspaces(options: WorkspacesOptions): Workspaces {
  const site = openSite(options);
  resumeKeepers(site);
  return {
    prepare: async (request) => {
      try {
        return { ok: true, place: await prepare(site, request) };
      } catch (error) {
        return { ok: false, failure: asFailure(error) };
      }
    },
    guard: (request) => told(guard(site, request)),
    inspect: (request) => told(inspect(site, request)),
    push: async (request) => {
      try {
        return await push(site, request);
      } catch (error) {
        return asFailure(error);
      }
    },
    gatePlace: (request) => told(gatePlace(site, request)),
    cleanup: (request) => told(cleanup(site, request)),
    tidy: () => told(tidy(site)),
  };
}

/** A full disk is a failure like others, whether git or we noticed it. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new GitError(asFailure(error));
  }
}
