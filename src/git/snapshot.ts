import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Guard } from './guard-file.ts';
import { headLogBytes, readRefLog } from './reflog.ts';
import { type Checkout, lines, type Repository, splitOnce } from './repository.ts';
import { git, gitText } from './run.ts';
import type { Site } from './site.ts';
import { parseStatus } from './status.ts';

export interface Checkouts {
  readonly all: readonly Checkout[];
  readonly watched: readonly Checkout[];
}

export type Snapshot = Pick<Guard, 'stashes' | 'config' | 'files' | 'worktrees' | 'checkouts'>;

/** What an attempt must not change besides refs, as it is now (O3, O4). */
export async function takeSnapshot(site: Site, repository: Repository, { all, watched }: Checkouts): Promise<Snapshot> {
  const [config, stashes, checkouts] = await Promise.all([
    readConfig(repository),
    readStashes(repository),
    Promise.all(watched.filter((checkout) => !isPooled(site, checkout)).map((checkout) => lookAt(site, checkout))),
  ]);
  const files = await hashFiles(repository, config.hooksPath);
  return { stashes, config: config.hashes, files, worktrees: all.map(({ root }) => root), checkouts };
}

function isPooled(site: Site, { root }: Checkout): boolean {
  return root.startsWith(path.join(site.folder, 'gate-pool') + path.sep);
}

export async function readAllRefs(repository: Repository): Promise<Record<string, string>> {
  const args = ['for-each-ref', '--format=%(refname) %(objectname) %(symref)'];
  const out = await gitText('Cannot read refs', args, { cwd: repository.common });
  return Object.fromEntries(
    lines(out).map((line) => {
      const [name = '', sha = '', target = ''] = line.split(' ');
      return [name, target === '' ? sha : `ref: ${target}`];
    }),
  );
}

/** Kept apart: `git stash drop` deletes what only the log of `refs/stash` remembers. */
async function readStashes(repository: Repository): Promise<string[]> {
  return (await readRefLog(repository.common, 'refs/stash')).map(({ to }) => to);
}

interface Config {
  readonly hashes: Record<string, string>;
  readonly hooksPath: string | null;
}

/** Hashed, because settings hold passwords more often than they should. Upstreams of branches are bookkeeping, not settings. */
async function readConfig(repository: Repository): Promise<Config> {
  const file = path.join(repository.common, 'config');
  const out = await gitText('Cannot read the settings', ['config', '--file', file, '--list', '-z'], {
    cwd: repository.common,
  });
  const values = new Map<string, string>();
  for (const entry of out.split('\0').filter((each) => each !== '')) {
    const [key, value] = splitOnce(entry, '\n');
    if (!UNWATCHED.test(key)) values.set(key, `${values.get(key) ?? ''}\n${value}`);
  }
  const hashes = Object.fromEntries([...values].map(([key, value]) => [key, hash(value)]));
  return { hashes, hooksPath: values.get('core.hookspath')?.trim() ?? null };
}

/** `worktree add` and sparse checkouts of ours turn these on. */
const UNWATCHED = /^(?:branch\.|extensions\.worktreeconfig$|core\.repositoryformatversion$)/;

const WATCHED = [
  'config.worktree',
  'info/attributes',
  'info/exclude',
  'info/grafts',
  'info/sparse-checkout',
  'objects/info/alternates',
];

async function hashFiles(repository: Repository, hooksPath: string | null): Promise<Record<string, string>> {
  const root = repository.isBare ? repository.common : path.dirname(repository.common);
  const folders = [
    path.join(repository.common, 'hooks'),
    ...(hooksPath === null ? [] : [path.resolve(root, hooksPath)]),
  ];
  const hooks = await Promise.all(folders.map((folder) => below(folder)));
  const files = [...WATCHED.map((name) => path.join(repository.common, name)), ...hooks.flat()];
  const hashed = await Promise.all(files.map(async (file) => [file, await hashFile(file)] as const));
  return Object.fromEntries(hashed.flatMap(([file, sha]) => (sha === null ? [] : [[path.relative(root, file), sha]])));
}

async function below(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.map((name) => path.join(folder, name));
}

async function hashFile(file: string): Promise<string | null> {
  const content = await readFile(file).catch(() => null);
  if (content === null) return null;
  const { mode } = await lstat(file);
  return hash(Buffer.concat([content, Buffer.from(String(mode & 0o111))]));
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** Dirty files of a checkout with what each looks like, so that an edit of a file that was dirty already is seen too. */
async function lookAt(site: Site, checkout: Checkout): Promise<Guard['checkouts'][number]> {
  const args = [
    'status',
    '--porcelain=v2',
    '--branch',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--ignore-submodules=dirty',
  ];
  const result = await git(args, { cwd: checkout.root });
  const { head, branch, entries } = parseStatus(result.stdout);
  const ours = path.relative(checkout.root, site.folder);
  const foreign = entries.filter((entry) => entry.path !== ours && !entry.path.startsWith(`${ours}/`));
  const seen = await Promise.all(
    foreign.map(async (entry) => [entry.path, await print(checkout.root, entry)] as const),
  );
  const logBytes = await headLogBytes(checkout.admin);
  return { root: checkout.root, head, branch, admin: checkout.admin, logBytes, dirty: Object.fromEntries(seen) };
}

/** Size and times tell of every write without reading the file; the mode is in the status. */
async function print(root: string, entry: { readonly path: string; readonly state: string }): Promise<string> {
  const stat = await lstat(path.join(root, entry.path), { bigint: true }).catch(() => null);
  return stat === null ? `${entry.state} gone` : `${entry.state} ${stat.size} ${stat.mtimeNs} ${stat.ino} ${stat.mode}`;
}
