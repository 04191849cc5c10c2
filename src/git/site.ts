import { realpathSync } from 'node:fs';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TaskId } from '../core/fact.ts';
import type { GitSpec, OwnSpec, RepoSpec, WorkspaceSpec } from '../core/playbook.ts';
import { fail } from './failure.ts';
import { openRepository, type Repository } from './repository.ts';

export interface WorkspacesOptions {
  /** Absolute. */
  readonly projectRoot: string;
  readonly git: GitSpec;
  readonly repos: Readonly<Record<string, RepoSpec>>;
  readonly workspace: Pick<WorkspaceSpec, 'path'>;
  readonly own: OwnSpec;
  /** The documents of the ledger, relative to the project root: workers do not get them, and may not write them (T2). */
  readonly ledgerFiles: readonly string[];
  /** Our own folder, relative to the project root. Default `.coxswain`. */
  readonly folder?: string;
  /** Values of placeholders in `own` globs besides `{ledger}` and `{task}`, e.g. `{ output: ['outputs/7.md'] }`. */
  readonly placeholders?: (task: TaskId) => Readonly<Record<string, readonly string[]>>;
}

/** A project with the places it keeps: what all operations on workspaces share. */
export interface Site {
  readonly options: WorkspacesOptions;
  /** Absolute root of the project, without links: git names worktrees that way. */
  readonly root: string;
  /** Absolute `.coxswain`. */
  readonly folder: string;
  readonly repos: Map<string | null, Promise<RepoPlace>>;
}

/** What a `repo` of a task stands for (T11). */
export interface RepoPlace {
  readonly name: string | null;
  readonly repository: Repository;
  /** Where agent and gates run, relative to the root of a checkout; '' for the root itself. */
  readonly folder: string;
  readonly base: string;
  /** null: nothing is fetched or pushed. */
  readonly remote: string | null;
  /** The repository the ledger is in. */
  readonly isProject: boolean;
}

export function openSite(options: WorkspacesOptions): Site {
  const root = realpathSync(options.projectRoot);
  return { options, root, folder: path.resolve(root, options.folder ?? '.coxswain'), repos: new Map() };
}

/** Makes a folder below ours, which keeps itself out of git (I1). */
export async function ownFolder(site: Site, ...names: readonly string[]): Promise<string> {
  const folder = path.join(site.folder, ...names);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(site.folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  return folder;
}

/** Absolute root of a task's worktree. The template is the person's; the id was checked, so it cannot leave (S1). */
export function worktreeRoot(site: Site, task: TaskId): string {
  const named = site.options.workspace.path.replaceAll(/\{(?:task|id)\}/g, () => task);
  const root = path.resolve(site.root, named);
  return named === site.options.workspace.path ? path.join(root, task) : root;
}

/** @throws GitError `config` when the name is unknown or leads nowhere. */
export async function repoPlace(site: Site, name: string | null): Promise<RepoPlace> {
  const known = site.repos.get(name);
  if (known !== undefined) return known;
  const opening = findRepo(site, name);
  site.repos.set(name, opening);
  // A mistake that a person mends while we run must not be remembered.
  opening.catch(() => site.repos.delete(name));
  return opening;
}

async function findRepo(site: Site, name: string | null): Promise<RepoPlace> {
  const project = await projectRepository(site);
  const { git } = site.options;
  if (name === null) {
    return { name, repository: project, folder: project.prefix, base: git.base, remote: git.remote, isProject: true };
  }
  const spec = site.options.repos[name];
  if (spec === undefined) {
    throw fail('config', 'unknown-repo', `The repo "${name}" is not known. Add it under repos: in coxswain.yaml.`);
  }
  const folder = await realpath(path.resolve(site.root, spec.path)).catch(() => {
    throw fail(
      'config',
      'no-repo-folder',
      `The repo "${name}" has no folder ${spec.path}. Correct repos: in coxswain.yaml.`,
    );
  });
  const repository = await openRepository(folder);
  if (repository === null) {
    throw fail(
      'config',
      'no-repository',
      `The repo "${name}" (${spec.path}) is not a git repository. Run \`git init\` there or correct repos:.`,
    );
  }
  const isProject = repository.common === project.common;
  return {
    name,
    repository,
    folder: repository.prefix,
    base: spec.base ?? git.base,
    remote: spec.remote ?? git.remote,
    isProject,
  };
}

async function projectRepository(site: Site): Promise<Repository> {
  const repository = await openRepository(site.root);
  if (repository !== null) return repository;
  throw fail(
    'config',
    'no-repository',
    `${site.root} is not a git repository. Run \`git init\` and commit, then run again.`,
  );
}

/** Some repo is a repository of its own: the commit of a dependency may then live in another one (T11). */
export async function hasOtherRepositories(site: Site): Promise<boolean> {
  const places = await Promise.all(
    Object.keys(site.options.repos).map((name) => repoPlace(site, name).catch(() => null)),
  );
  return places.some((place) => place?.isProject === false);
}
