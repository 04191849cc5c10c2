import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crashPoint } from '../process/crash-point.ts';
import { fail } from './failure.ts';
import { adoptRefs } from './guard-file.ts';
import type { Job } from './job.ts';
import { originRef, swapRef } from './keep.ts';
import { mergeIn, presentSides, type Side } from './merge-in.ts';
import { orchestratorGlobs } from './own-globs.ts';
import { inTurn } from './queue.ts';
import { lockReason } from './recognise.ts';
import { newToken, type PlaceRecord, writeMarker, writeRecord } from './record.ts';
import { fetchRemote } from './remote.ts';
import { isAncestor, type Repository, readRefs } from './repository.ts';
import { gitText } from './run.ts';
import { hasOtherRepositories, ownFolder } from './site.ts';

/**
 * Registers a worktree at the task's place and branch, without files yet (M1). `--no-track`, because writing the upstream
 * of every branch makes parallel processes fight for `.git/config`.
 */
export async function makeWorktree(job: Job, token: string | null): Promise<PlaceRecord> {
  const { site, repo, request, root } = job;
  const { repository } = repo;
  const { task, fence, branch } = request;
  // The ledger's sync keeps the project's own repository fresh; for the others nobody else does.
  if (!repo.isProject && repo.remote !== null) await fetchRemote(repository, repo.remote);
  const tips = await readTips(job);
  const given = await wantedSides(job, tips.base);
  const start = await mergeIn(repository, { branch, tip: tips.from, sides: given });
  const place = { repo: request.repo, common: repository.common, root, admin: null, branch };
  const commits = given.map(({ commit }) => commit);
  const draft: PlaceRecord = {
    version: 1,
    task,
    fence,
    ...place,
    start: await beginning(repository.common, tips, start),
    origin: tips.origin,
    isTainted: false,
    given: commits,
    token: token ?? newToken(),
    state: 'making',
  };
  await makeParent(job);
  await writeRecord(site, draft);
  crashPoint('worktree-add:before');
  if (tips.local !== null && tips.local !== start) {
    await swapRef(repository, { ref: `refs/heads/${branch}`, from: tips.local, to: start });
  }
  const on = tips.local === null ? ['--no-track', '-b', branch, root, start] : [root, branch];
  const what = `Cannot make the worktree of ${task} at ${root}`;
  await gitText(what, ['worktree', 'add', '--no-checkout', '--lock', '--reason', lockReason(draft.token), ...on], {
    cwd: repository.common,
  });
  crashPoint('worktree-add:after');
  await adoptRefs(site, repository, { [`refs/heads/${branch}`]: start });
  return draft;
}

interface Tips {
  readonly local: string | null;
  /** Where work goes on: our branch, else the remote's, else the base. */
  readonly from: string;
  readonly base: string;
  /** Where a life of the task began that did not end well; null: there was none. */
  readonly origin: string | null;
}

/** The work of a life before is still on the branch, unless somebody took it off. */
async function beginning(cwd: string, { origin, from }: Tips, start: string): Promise<string> {
  return origin !== null && (await isAncestor(cwd, origin, from)) ? origin : start;
}

export async function readTips({ repo, request }: Job): Promise<Tips> {
  const { repository, base, remote } = repo;
  const heads = { branch: `refs/heads/${request.branch}`, base: `refs/heads/${base}` };
  const remotes =
    remote === null
      ? null
      : { branch: `refs/remotes/${remote}/${request.branch}`, base: `refs/remotes/${remote}/${base}` };
  const names = [originRef(request.task), ...Object.values(heads), ...(remotes === null ? [] : Object.values(remotes))];
  const refs = await readRefs(repository, names);
  const theirs =
    remotes === null ? null : { branch: refs.get(remotes.branch) ?? null, base: refs.get(remotes.base) ?? null };
  const baseTip = await newer(
    repository.common,
    refs.get(heads.base) ?? null,
    repo.isProject ? null : (theirs?.base ?? null),
  );
  const found = baseTip ?? theirs?.base ?? null;
  if (found === null) {
    const text = `Repository ${repository.root} has no branch ${base}. Set base: in coxswain.yaml to the branch work starts from.`;
    throw fail('workspace', 'no-base', text);
  }
  const local = refs.get(heads.branch) ?? null;
  return {
    local,
    from: (await newer(repository.common, local, theirs?.branch ?? null)) ?? found,
    base: found,
    origin: refs.get(originRef(request.task)) ?? null,
  };
}

/** The other one only where it has all of the first: two that went apart are not ours to join. */
async function newer(cwd: string, first: string | null, other: string | null): Promise<string | null> {
  if (first === null || other === null) return first ?? other;
  return (await isAncestor(cwd, first, other)) ? other : first;
}

/** What must be in the branch before the worker starts: the base if the stage asks for it, then the dependencies. */
export async function wantedSides({ site, repo, request }: Job, base: string): Promise<readonly Side[]> {
  const deps = request.deps.map(({ task, commit }) => ({ name: task, commit }));
  const present = await presentSides(repo.repository, deps, () => hasOtherRepositories(site));
  return request.mergeBase ? [{ name: repo.base, commit: base }, ...present] : present;
}

/** A folder of worktrees inside the project keeps itself out of the person's `git status`. */
async function makeParent({ site, root }: Job): Promise<void> {
  await ownFolder(site);
  const parent = path.dirname(root);
  if (existsSync(parent)) return;
  await mkdir(parent, { recursive: true });
  const isInside = !path.relative(site.root, parent).startsWith('..');
  if (isInside && !parent.startsWith(site.folder)) await writeFile(path.join(parent, '.gitignore'), '*\n');
}

/** Marks the worktree as ours and checks its files out, the ledger's left out (T2). Doing it again does no harm. */
export async function fillWorktree(job: Job, record: PlaceRecord): Promise<PlaceRecord> {
  const { site, repo, request, root } = job;
  const admin = record.admin ?? (await adminOf(root));
  await writeMarker(site, admin, record);
  await rm(path.join(admin, 'locked'), { force: true });
  // Of a git of ours that was killed: nobody else was ever in here.
  await rm(path.join(admin, 'index.lock'), { force: true });
  const what = `Cannot fill the worktree of ${request.task}`;
  if (repo.isProject && site.options.ledgerFiles.length > 0) {
    await inTurn(repo.repository.common, () => hideLedger(job, admin));
  }
  // Several writers at once: at 50,000 files this halves the time where the disk allows it.
  const args = ['checkout', '--quiet', '--force', request.branch, '--'];
  crashPoint('worktree-fill:before');
  await gitText(what, args, { cwd: root, config: ['checkout.workers=0'] });
  crashPoint('worktree-fill:after');
  await lockOwned(job);
  return { ...record, admin, state: 'ready' };
}

async function adminOf(root: string): Promise<string> {
  return (await readFile(path.join(root, '.git'), 'utf8')).trim().replace(/^gitdir: /, '');
}

/**
 * Sparse checkout with everything but the ledger's documents. It turns on `extensions.worktreeConfig` in the repository:
 * that is how git keeps the setting to this worktree. Patterns the person has for all worktrees stay in front of ours.
 */
async function hideLedger({ site, repo, root }: Job, admin: string): Promise<void> {
  const inherited = await readFile(path.join(admin, 'info', 'sparse-checkout'), 'utf8').catch(() => '/*\n');
  const hidden = site.options.ledgerFiles.map(
    (file) => `!/${escapePattern(path.posix.join(repo.repository.prefix, file))}\n`,
  );
  const input = [inherited.trimEnd(), '\n', ...hidden.filter((line) => !inherited.includes(line))].join('');
  if (await isPlain(repo.repository, admin)) return writePatterns(admin, input);
  await gitText('Cannot leave the ledger out', ['sparse-checkout', 'set', '--no-cone', '--stdin'], {
    cwd: root,
    input,
  });
}

/** Worktrees have settings of their own already, and this one has none yet: what git would do is to write two files. */
async function isPlain({ common }: Repository, admin: string): Promise<boolean> {
  const isNew = ['config.worktree', 'info/sparse-checkout'].every((name) => !existsSync(path.join(admin, name)));
  const settings = await readFile(path.join(common, 'config'), 'utf8').catch(() => '');
  return isNew && /^\[extensions\]\n(?:\t.*\n)*?\tworktreeConfig = true$/m.test(settings);
}

/** The patterns first: they mean nothing before the settings are there. */
async function writePatterns(admin: string, patterns: string): Promise<void> {
  await mkdir(path.join(admin, 'info'), { recursive: true });
  await writeFile(path.join(admin, 'info', 'sparse-checkout'), patterns);
  const settings = '[core]\n\tsparseCheckout = true\n\tsparseCheckoutCone = false\n';
  await writeFile(path.join(admin, 'config.worktree'), settings);
}

function escapePattern(file: string): string {
  return file.replaceAll(/[\\*?[\] ]/g, '\\$&');
}

/** O2: what only the orchestrator writes is read-only for the worker. A courtesy; its commits are checked. */
async function lockOwned({ site, repo, request, root }: Job): Promise<void> {
  const globs = orchestratorGlobs(site, {
    task: request.task,
    isProject: repo.isProject,
    prefix: repo.repository.prefix,
  });
  const named = globs.filter((glob) => !glob.isBuiltIn).map(({ pattern }) => pattern);
  for (const name of await ownedFiles(root, named)) {
    const file = path.join(root, name);
    const stat = await lstat(file).catch(() => null);
    if (stat?.isFile()) await chmod(file, stat.mode & ~0o222);
  }
}

/** A pattern that is the name of a file, or of nothing here, needs no list of all files. */
async function ownedFiles(root: string, patterns: readonly string[]): Promise<readonly string[]> {
  const isName = await Promise.all(patterns.map((pattern) => isNameOfFile(root, pattern)));
  const wide = patterns.filter((_, nth) => !isName[nth]).map((pattern) => `:(top,glob)${pattern}`);
  if (wide.length === 0) return patterns;
  const out = await gitText('Cannot list owned files', ['ls-files', '-z', '--', ...wide], { cwd: root });
  return [...patterns.filter((_, nth) => isName[nth]), ...out.split('\0').filter((each) => each !== '')];
}

/** A folder, or a way through a link, is git's to follow. */
async function isNameOfFile(root: string, pattern: string): Promise<boolean> {
  const file = path.join(root, pattern);
  if (/[\\*?[\]]/.test(pattern) || !file.startsWith(root + path.sep)) return false;
  const stat = await lstat(file).catch(() => null);
  return stat === null || (stat.isFile() && (await realpath(file)) === file);
}
