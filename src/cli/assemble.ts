import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Playbook } from '../core/playbook.ts';
import { openTableLedger } from '../ledger/table/ledger.ts';
import { loadProjectConfig } from '../playbook/index.ts';
import type { Ledger } from '../port/ledger.ts';
import type { Problem } from '../port/problem.ts';
import type { LockResult, Store } from '../port/store.ts';
import { crashPoint } from '../process/crash-point.ts';
import { takeRunLock } from '../store/run-lock.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Call } from './call.ts';
import { CliError } from './cli-error.ts';
import { CONFIG_FILE, findProject, type ProjectQuery } from './project.ts';

export const LOCK_FILE = 'run.lock';
export const STATE_FILE = 'state.db';

/** A project with its documents, put together from configuration. The parts of a run are added by `assemble-run.ts`. */
export interface Project {
  /** Absolute. */
  readonly root: string;
  /** `.coxswain`, absolute. Made when the state is opened: commands that need no state leave none behind. */
  readonly stateFolder: string;
  readonly playbook: Playbook;
  readonly ledger: Ledger;
  /** What the state is made from, relative to the root: configuration and documents. */
  readonly files: readonly string[];
  /** About the configuration. */
  readonly warnings: readonly Problem[];
  /** A warning at the place of a key of the configuration. */
  warn(path: readonly (string | number)[], code: string, text: string): Problem;
  /** The folder of the state must be there. */
  takeLock(): LockResult;
  /** Whether a run is on now. */
  isHeld(): boolean;
}

/** @throws {CliError} when there is no project, or its configuration has mistakes. */
export async function openProject(where: ProjectQuery, act: string): Promise<Project> {
  const { root } = requireProject(where, act);
  const loaded = await loadProjectConfig({ projectRoot: root });
  if (!loaded.ok) {
    throw new CliError(act, `${CONFIG_FILE} has mistakes`, 'mend them, then `cox lint`', { problems: loaded.problems });
  }
  const { playbook, warnings, warn } = loaded;
  const ledger = openLedger(root, playbook, act);
  const stateFolder = path.join(root, '.coxswain');
  const takeLock = (): LockResult => takeRunLock(path.join(stateFolder, LOCK_FILE), Date.now());
  const isHeld = (): boolean => {
    const result = takeLock();
    if (result.ok) result.lock.release();
    return !result.ok;
  };
  return {
    root,
    stateFolder,
    playbook,
    ledger,
    files: [...new Set([...loaded.files, ...ledger.files])],
    warnings,
    warn,
    takeLock,
    isHeld,
  };
}

/** Opens the project and its state for as long as `use` takes. */
export async function withProject<T>(
  { where }: Call,
  act: string,
  use: (project: Project, store: Store) => Promise<T>,
): Promise<T> {
  return withState(await openProject(where, act), use);
}

export async function withState<T>(project: Project, use: (project: Project, store: Store) => Promise<T>): Promise<T> {
  makeStateFolder(project.stateFolder);
  const store = await openSqliteStore(path.join(project.stateFolder, STATE_FILE));
  try {
    return await use(project, store);
  } finally {
    await store.close();
  }
}

function requireProject(where: ProjectQuery, act: string): { readonly root: string } {
  const place = findProject(where);
  if (place !== null) return place;
  const named = where.option ?? where.env;
  if (named) {
    const folder = path.resolve(where.cwd, named);
    const how = where.option === undefined ? 'COX_PROJECT names' : '--project names';
    throw new CliError(
      act,
      `${how} ${folder}, where there is no ${CONFIG_FILE}`,
      `name a folder that has one, or run \`cox init\` there`,
    );
  }
  const next = 'run `cox init` in the root of your repository, or name the project with --project DIR';
  throw new CliError(act, `there is no ${CONFIG_FILE} in ${where.cwd} or above it`, next);
}

function openLedger(root: string, playbook: Playbook, act: string): Ledger {
  const { ledger: spec, admission, git, repos } = playbook;
  if (spec.format !== 'table') {
    const reason = `the ledger format "${spec.format}" cannot be read from documents by this version`;
    throw new CliError(act, reason, 'use `playbook: task-table`, or a newer Coxswain');
  }
  return openTableLedger({
    root,
    spec,
    phases: admission.phases,
    base: git.base,
    repos: Object.keys(repos),
    onStep: crashPoint,
  });
}

/** `.coxswain` keeps itself out of git, whatever the project's own ignore rules are. */
function makeStateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ignore = path.join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}
