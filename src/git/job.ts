import type { PrepareRequest } from '../port/workspace.ts';
import type { RepoPlace, Site } from './site.ts';

/** What preparing one workspace works with. */
export interface Job {
  readonly site: Site;
  readonly repo: RepoPlace;
  readonly request: PrepareRequest;
  /** Absolute folder of the worktree, there or not. */
  readonly root: string;
}
