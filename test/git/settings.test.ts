import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Place } from '../../src/port/workspace.ts';
import {
  begun,
  commitFile,
  git,
  head,
  hook,
  LEDGER,
  makeWorld,
  openWorld,
  prepared,
  read,
  refs,
  TABLE,
  type World,
  write,
} from './world.ts';

const ask = (world: World, task = 'A-1', fence = 1) => world.workspaces.inspect({ task, fence, claimed: null });

/** A world with an address to steal to, and a hook that tells when it ran. */
async function tempted() {
  const world = await makeWorld();
  const evil = path.join(world.folder, 'evil.git');
  await git(world.folder, 'init', '-q', '--bare', evil);
  const ran = path.join(world.folder, 'ran');
  await mkdir(path.join(world.folder, 'hooks'));
  for (const name of ['pre-commit', 'post-checkout', 'pre-push', 'reference-transaction']) {
    const file = path.join(world.folder, 'hooks', name);
    await writeFile(file, `#!/bin/sh\nenv > ${ran}\n`);
    await chmod(file, 0o755);
  }
  return { world, evil, ran, hooks: path.join(world.folder, 'hooks') };
}

type Tempted = Awaited<ReturnType<typeof tempted>>;
type Trick = (place: Place, its: Tempted) => Promise<unknown>;

const config = (place: Place, ...args: readonly string[]) => git(place.root, 'config', ...args);

const tricks: readonly (readonly [string, Trick])[] = [
  ['remote set-url', (place, { evil }) => git(place.root, 'remote', 'set-url', 'origin', evil)],
  ['remote set-url --push', (place, { evil }) => git(place.root, 'remote', 'set-url', '--push', 'origin', evil)],
  ['remote remove', (place) => git(place.root, 'remote', 'remove', 'origin')],
  ['url.*.insteadOf', (place, { evil, world }) => config(place, `url.${evil}.insteadOf`, world.remote)],
  ['core.hooksPath', (place, { hooks }) => config(place, 'core.hooksPath', hooks)],
  ['core.sshCommand', (place) => config(place, 'core.sshCommand', 'false')],
  ['core.fsmonitor', (place, { ran }) => config(place, 'core.fsmonitor', `touch ${ran}`)],
  ['alias', (place, { ran }) => config(place, 'alias.x', `!touch ${ran}`)],
  ['credential.helper', (place, { ran }) => config(place, 'credential.helper', `!touch ${ran}`)],
  [
    'include.path',
    async (place, { evil, world }) => {
      await write(world.folder, 'more', `[remote "origin"]\n\tpushurl = ${evil}\n`);
      await config(place, 'include.path', path.join(world.folder, 'more'));
    },
  ],
  [
    'a section in front that takes the remote its address',
    async (_, { world }) => {
      const text = await read(world.root, '.git/config');
      await write(world.root, '.git/config', text.replace('\turl = ', '[branch "x"]\n\turl = '));
    },
  ],
  ['an upstream that is an address', async (place, { evil }) => config(place, 'branch.main.remote', evil)],
  [
    'the file replaced by a link',
    async (_, { world, evil }) => {
      const file = path.join(world.root, '.git/config');
      const text = (await read(world.root, '.git/config')).replace(world.remote, evil);
      await rm(file);
      await write(world.folder, 'theirs', text);
      await symlink(path.join(world.folder, 'theirs'), file);
    },
  ],
  ['the file removed', (_, { world }) => rm(path.join(world.root, '.git/config'))],
  [
    'the file replaced by a folder',
    async (_, { world }) => {
      await rm(path.join(world.root, '.git/config'));
      await mkdir(path.join(world.root, '.git/config'));
    },
  ],
];

describe('settings that a worker changes are put back before we use them (O4)', () => {
  for (const [name, trick] of tricks) {
    it(name, async () => {
      const its = await tempted();
      const { world, evil, ran } = its;
      const place = await begun(world);
      const old = await read(world.root, '.git/config');
      const commit = await commitFile(place.root, 'src/a.txt', 'work');
      await trick(place, its);
      const { violations } = await ask(world);
      // Its remote-tracking branches go with a remote.
      const told = violations.filter(({ what }) => what !== 'ref');
      expect(told.map(({ what, path: file }) => [what, file])).toEqual([['config', '.git/config']]);
      expect(await ask(world)).toMatchObject({ violations });
      expect(await read(world.root, '.git/config')).toBe(old);
      await write(world.root, LEDGER, `${TABLE}x\n`);
      expect(await world.sync.commit([LEDGER], 'chore: x')).toBeNull();
      expect(await world.sync.push()).toBeNull();
      expect(await world.workspaces.push({ task: 'A-1', repo: null, branch: place.branch, commit })).toBeNull();
      expect(await head(world.remote, place.branch)).toBe(commit);
      expect(await git(evil, 'for-each-ref')).toBe('');
      expect(existsSync(ran)).toBe(false);
      await begun(world, { fence: 2 });
      expect((await ask(world, 'A-1', 2)).violations).toEqual([]);
    });
  }

  it('the changed version is kept, and named', async () => {
    const its = await tempted();
    const place = await begun(its.world);
    await git(place.root, 'remote', 'set-url', 'origin', its.evil);
    const [violation] = (await ask(its.world)).violations;
    expect(violation?.text).toMatch(
      /remote\.origin\.url was changed.*put back.*\.coxswain\/rescued\/A-1\/1\/settings\/config/,
    );
    expect(await read(its.world.root, '.coxswain/rescued/A-1/1/settings/config')).toContain(its.evil);
  });

  it('hooks: added, changed, made executable, removed, the folder turned into a link', async () => {
    const { world, hooks } = await tempted();
    const folder = path.join(world.root, '.git/hooks');
    for (const name of ['pre-commit', 'commit-msg']) await hook(path.join(world.root, '.git'), name, 'exit 0');
    await hook(path.join(world.root, '.git'), 'pre-push', 'exit 0');
    await chmod(path.join(folder, 'pre-push'), 0o644);
    const names = await readdir(folder);
    await begun(world);
    await hook(path.join(world.root, '.git'), 'pre-commit', 'exit 1');
    await hook(path.join(world.root, '.git'), 'post-checkout', 'exit 1');
    await chmod(path.join(folder, 'pre-push'), 0o755);
    await rm(path.join(folder, 'commit-msg'));
    const { violations } = await ask(world);
    expect(violations.map((each) => path.basename(each.path)).sort()).toEqual([
      'commit-msg',
      'post-checkout',
      'pre-commit',
      'pre-push',
    ]);
    expect(await readdir(folder)).toEqual(names);
    expect(await read(folder, 'pre-commit')).toContain('exit 0');
    await begun(world, { fence: 2 });
    await rename(folder, `${folder}.old`);
    await symlink(hooks, folder);
    expect((await ask(world, 'A-1', 2)).violations).not.toEqual([]);
    expect(await readdir(folder)).toEqual(names);
    expect(await read(folder, 'pre-commit')).toContain('exit 0');
  });

  it('the settings of its worktree, but not that it shows itself the ledger', async () => {
    const { world, hooks, ran } = await tempted();
    const place = await begun(world);
    await git(place.root, 'sparse-checkout', 'disable');
    await git(place.root, 'config', '--worktree', 'core.hooksPath', hooks);
    const { violations } = await ask(world);
    expect(violations).toMatchObject([{ what: 'config', text: expect.stringMatching(/core\.hookspath was added/) }]);
    const second = await begun(world, { fence: 2 });
    await git(second.root, 'sparse-checkout', 'disable');
    expect((await ask(world, 'A-1', 2)).violations).toEqual([]);
    expect(existsSync(ran)).toBe(false);
  });
});

describe('while the attempt still runs', () => {
  it('nothing of ours for other tasks uses what it planted, and no secret of ours gets out', async () => {
    const { world, evil, ran, hooks } = await tempted();
    process.env.COX_TEST_SECRET = 'hidden';
    onTestFinished(() => void delete process.env.COX_TEST_SECRET);
    const place = await begun(world);
    await git(place.root, 'remote', 'set-url', 'origin', evil);
    await config(place, 'core.hooksPath', hooks);
    await write(world.root, LEDGER, `${TABLE}x\n`);
    expect(await world.sync.commit([LEDGER], 'chore: x')).toBeNull();
    expect(await world.sync.push()).toBeNull();
    await hook(path.join(world.root, '.git'), 'post-checkout', `env > ${ran}`);
    await begun(world, { task: 'A-2', branch: 'feature/a-2' });
    expect(existsSync(ran)).toBe(false);
    expect(await git(evil, 'for-each-ref')).toBe('');
    expect(await head(world.remote, 'main')).toBe(await head(world.root, 'main'));
    expect((await ask(world, 'A-2')).violations.length + (await ask(world)).violations.length).toBeGreaterThan(1);
  });

  it('another life of ours goes on watching', async () => {
    const { world, evil } = await tempted();
    const place = await begun(world);
    await git(place.root, 'remote', 'set-url', 'origin', evil);
    const later = openWorld(world.folder);
    await later.workspaces.guard({ task: 'A-1', fence: 1 });
    expect((await ask(later)).violations).toMatchObject([{ path: '.git/config' }]);
    expect(await git(world.root, 'remote', 'get-url', 'origin')).toBe(world.remote);
  });

  it('what git and we write is no change: new worktrees, gates, upstreams', async () => {
    const { world } = await tempted();
    const place = await begun(world);
    await begun(world, { task: 'A-2', branch: 'feature/a-2' });
    const commit = await commitFile(place.root, 'src/a.txt', 'x');
    await git(place.root, 'push', '-qu', 'origin', place.branch);
    await (await world.workspaces.gatePlace({ repo: null, commit })).release();
    await world.workspaces.cleanup({ task: 'A-2', fence: 1, keep: false, isDone: false });
    await world.workspaces.tidy();
    expect(await ask(world)).toMatchObject({ violations: [], warnings: [] });
    expect(await git(world.root, 'config', 'branch.feature/a-1.remote')).toBe('origin');
  });

  it('when no attempt runs, settings are changed as one likes', async () => {
    const { world, evil } = await tempted();
    await begun(world);
    await ask(world);
    await git(world.root, 'remote', 'set-url', 'origin', evil);
    await prepared(world, { fence: 2 });
    expect(await git(world.root, 'remote', 'get-url', 'origin')).toBe(evil);
  });
});

it('hooks get what git needs of our environment, and nothing more', async () => {
  const { world, ran } = await tempted();
  process.env.COX_TEST_SECRET = 'hidden';
  onTestFinished(() => void delete process.env.COX_TEST_SECRET);
  await hook(path.join(world.root, '.git'), 'pre-commit', `env > ${ran}`);
  await write(world.root, LEDGER, `${TABLE}x\n`);
  expect(await world.sync.commit([LEDGER], 'chore: x')).toBeNull();
  const env = await read(world.folder, 'ran');
  expect(env).toMatch(/^PATH=/m);
  expect(env).not.toContain('hidden');
});

describe('worktrees, tags and stashes of a worker (O4)', () => {
  it('a worktree it adds is named and left', async () => {
    const { world } = await tempted();
    const place = await begun(world);
    const mine = path.join(world.folder, 'mine');
    await git(place.root, 'worktree', 'add', '-q', '--detach', mine);
    const { violations } = await ask(world);
    expect(violations).toMatchObject([
      { what: 'config', path: mine, text: expect.stringMatching(/git worktree remove/) },
    ]);
    expect(existsSync(mine)).toBe(true);
    await begun(world, { fence: 2 });
    expect((await ask(world, 'A-1', 2)).violations).toEqual([]);
  });

  it('with two at work it is a warning, told once', async () => {
    const { world } = await tempted();
    const place = await begun(world);
    await begun(world, { task: 'A-2', branch: 'feature/a-2' });
    await git(place.root, 'worktree', 'add', '-q', '--detach', path.join(world.folder, 'mine'));
    const first = await ask(world, 'A-2');
    expect([first.violations, first.warnings]).toMatchObject([[], [expect.stringMatching(/added while A-2, A-1 ran/)]]);
    expect(await ask(world)).toMatchObject({ violations: [], warnings: [] });
  });

  it('the same tag made again by the next attempt is refused again', async () => {
    const { world } = await tempted();
    const place = await begun(world);
    const commit = await commitFile(place.root, 'src/a.txt', 'work');
    await git(place.root, 'tag', 'mine');
    expect((await ask(world)).violations).toMatchObject([{ path: 'refs/tags/mine' }]);
    await begun(world, { fence: 2 });
    await git(place.root, 'tag', 'mine', commit);
    expect((await ask(world, 'A-1', 2)).violations).toMatchObject([{ path: 'refs/tags/mine' }]);
    expect(await refs(world.root)).not.toHaveProperty('refs/tags/mine');
  });
});
