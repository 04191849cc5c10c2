import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, onTestFinished } from 'vitest';
import { openLedgerSync } from '../../src/git/ledger-sync.ts';
import type { WorkspacesOptions } from '../../src/git/site.ts';
import { openWorkspaces } from '../../src/git/workspaces.ts';
import type { LedgerSync } from '../../src/port/ledger-sync.ts';
import type { Place, PrepareRequest, Workspaces } from '../../src/port/workspace.ts';

export const LEDGER = 'docs/tasks.md';
export const TABLE = '| id | status |\n|----|--------|\n| A-1 | not-started |\n| A-2 | not-started |\n';

/** A project with a bare remote, in a folder of its own that is gone after the test. */
export interface World {
  readonly folder: string;
  readonly root: string;
  readonly remote: string;
  readonly options: WorkspacesOptions;
  readonly workspaces: Workspaces;
  readonly sync: LedgerSync;
}

export async function scratch(): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'cox-git-')));
  onTestFinished(async () => {
    // Tests take permissions away.
    await execa('chmod', ['-R', 'u+rwX', folder], { reject: false });
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

export async function makeWorld(change: Partial<WorkspacesOptions> = {}): Promise<World> {
  const folder = await scratch();
  template ??= makeTemplate();
  const made = await template;
  await cp(made, folder, { recursive: true });
  const config = path.join(folder, 'project/.git/config');
  await writeFile(config, (await readFile(config, 'utf8')).replace(made, folder));
  return openWorld(folder, change);
}

/** Made once per file and copied: ten git processes a test add up. */
let template: Promise<string> | null = null;

afterAll(async () => {
  if (template !== null) await rm(await template, { recursive: true, force: true });
});

async function makeTemplate(): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'cox-git-template-')));
  const root = path.join(folder, 'project');
  const remote = path.join(folder, 'remote.git');
  await git(folder, 'init', '--quiet', '--template=', '--bare', '--initial-branch=main', remote);
  await git(folder, 'init', '--quiet', '--template=', '--initial-branch=main', root);
  await git(root, 'remote', 'add', 'origin', remote);
  await write(root, LEDGER, TABLE);
  await write(root, 'src/a.txt', 'a\n');
  await write(root, 'src/b.txt', 'b\n');
  await write(root, '.gitignore', 'node_modules/\n*.log\n');
  await commitAll(root, 'First');
  await git(root, 'push', '--quiet', 'origin', 'main');
  return folder;
}

/** The same project, seen by another life of ours. */
export function openWorld(folder: string, change: Partial<WorkspacesOptions> = {}): World {
  const root = path.join(folder, 'project');
  const options: WorkspacesOptions = {
    projectRoot: root,
    git: { remote: 'origin', base: 'main', push: true },
    repos: {},
    workspace: { path: '.coxswain/worktrees' },
    own: { orchestrator: ['{ledger}'], worker: ['**'] },
    ledgerFiles: [LEDGER],
    ...change,
  };
  const sync = openLedgerSync({ projectRoot: root, git: options.git, ledgerFiles: options.ledgerFiles });
  return { folder, root, remote: path.join(folder, 'remote.git'), options, workspaces: openWorkspaces(options), sync };
}

/** Output of a git command that must work. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await execa('git', args, { cwd })).stdout;
}

export async function write(root: string, name: string, text: string): Promise<void> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

export function read(root: string, name: string): Promise<string> {
  return readFile(path.join(root, name), 'utf8');
}

export async function commitAll(root: string, message: string): Promise<string> {
  await git(root, 'add', '--all');
  await git(root, 'commit', '--quiet', '--message', message);
  return head(root);
}

/** Writes one file and commits it: what a worker does. */
export async function commitFile(root: string, name: string, text: string): Promise<string> {
  await write(root, name, text);
  return commitAll(root, `Change ${name}`);
}

export function head(root: string, revision = 'HEAD'): Promise<string> {
  return git(root, 'rev-parse', '--verify', '--quiet', revision);
}

export async function refs(root: string): Promise<Readonly<Record<string, string>>> {
  const out = await git(root, 'for-each-ref', '--format=%(refname) %(objectname)');
  return Object.fromEntries(out.split('\n').map((line) => line.split(' ') as [string, string]));
}

export async function hook(gitFolder: string, name: string, script: string): Promise<void> {
  const file = path.join(gitFolder, 'hooks', name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

const request = (change: Partial<PrepareRequest> = {}): PrepareRequest => ({
  task: 'A-1',
  fence: 1,
  repo: null,
  branch: 'feature/a-1',
  mergeBase: false,
  deps: [],
  ...change,
});

export async function prepared(world: World, change: Partial<PrepareRequest> = {}): Promise<Place> {
  const result = await world.workspaces.prepare(request(change));
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.text}\n${result.failure.evidence}`);
  return result.place;
}

export async function refusal(world: World, change: Partial<PrepareRequest> = {}) {
  const result = await world.workspaces.prepare(request(change));
  if (result.ok) throw new Error('prepared, but a failure was expected');
  return result.failure;
}

/** Prepared and guarded: an attempt may begin. */
export async function begun(world: World, change: Partial<PrepareRequest> = {}): Promise<Place> {
  const place = await prepared(world, change);
  const { task, fence } = request(change);
  await world.workspaces.guard({ task, fence });
  return place;
}
