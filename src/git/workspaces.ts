import type { Workspaces } from '../port/workspace.ts';
import { cleanup } from './cleanup.ts';
import { asFailure } from './failure.ts';
import { gatePlace } from './gate-pool.ts';
import { guard } from './guard.ts';
import { inspect } from './inspect.ts';
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
  return {
    prepare: async (request) => {
      try {
        return { ok: true, place: await prepare(site, request) };
      } catch (error) {
        return { ok: false, failure: asFailure(error) };
      }
    },
    guard: (request) => guard(site, request),
    inspect: (request) => inspect(site, request),
    push: async (request) => {
      try {
        return await push(site, request);
      } catch (error) {
        return asFailure(error);
      }
    },
    gatePlace: (request) => gatePlace(site, request),
    cleanup: (request) => cleanup(site, request),
    tidy: () => tidy(site),
  };
}
