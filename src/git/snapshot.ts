import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Checkout } from './checkouts.ts';
import type { Guard } from './guard-file.ts';
import { headLogBytes, readRefLog } from './reflog.ts';
import { lines, type Repository } from './repository.ts';
import { git, gitText } from './run.ts';
import type { Site } from './site.ts';
import { parseStatus } from './status.ts';

export interface Checkouts {
  readonly all: readonly Checkout[];
  readonly watched: readonly Checkout[];
}

export type Snapshot = Pick<Guard, 'stashes' | 'worktrees' | 'checkouts'>;

/** What an attempt must not change besides refs, as it is now (O3, O4). */
export async function takeSnapshot(site: Site, repository: Repository, { all, watched }: Checkouts): Promise<Snapshot> {
  const [stashes, checkouts] = await Promise.all([
    readStashes(repository),
    Promise.all(watched.filter((checkout) => !isPooled(site, checkout)).map((checkout) => lookAt(site, checkout))),
  ]);
  return { stashes, worktrees: all.map(({ root }) => root), checkouts };
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
