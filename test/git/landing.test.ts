import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inTurn } from '../../src/git/queue.ts';
import { begun, commitFile, git, head, hook, makeWorld, openWorld, read, refs, type World, write } from './world.ts';

async function worked(world: World) {
  const place = await begun(world);
  const commit = await commitFile(place.root, 'src/a.txt', 'work');
  return { place, commit, request: { task: 'A-1', repo: null, branch: place.branch, commit } };
}

describe('push: exactly the commit, unforced', () => {
  it('a rejected push is done when the remote has the commit already', async () => {
    const world = await makeWorld();
    const { place, request } = await worked(world);
    const newer = await commitFile(place.root, 'src/b.txt', 'newer');
    await git(place.root, 'push', '-q', world.remote, `${newer}:refs/heads/${place.branch}`);
    expect(await world.workspaces.push(request)).toBeNull();
    expect(await head(world.remote, place.branch)).toBe(newer);
  });

  it('something else on the remote branch is not overwritten', async () => {
    const world = await makeWorld();
    const { place, request } = await worked(world);
    await git(world.folder, 'clone', '-q', world.remote, 'other');
    const other = path.join(world.folder, 'other');
    const theirs = await commitFile(other, 'src/b.txt', 'theirs');
    await git(other, 'push', '-q', 'origin', `HEAD:${place.branch}`);
    const failure = await world.workspaces.push(request);
    expect(failure).toMatchObject({
      class: 'merge',
      code: 'push-rejected',
      text: expect.stringContaining(theirs.slice(0, 10)),
    });
    expect(await head(world.remote, place.branch)).toBe(theirs);
  });

  it('a refusing hook, credentials, no remote: a sentence each', async () => {
    const world = await makeWorld();
    const { request } = await worked(world);
    await hook(world.remote, 'update', 'echo "no thanks" >&2; exit 1');
    expect(await world.workspaces.push(request)).toMatchObject({
      class: 'merge',
      code: 'push-refused',
      evidence: expect.stringContaining('no thanks'),
    });
    // While an attempt runs, settings stay what they are.
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    const server = createServer(
      (_, response) => void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    await git(
      world.root,
      'remote',
      'set-url',
      'origin',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`,
    );
    expect(await world.workspaces.push(request)).toMatchObject({ class: 'config', code: 'auth' });
    await git(world.root, 'remote', 'set-url', 'origin', 'http://127.0.0.1:1/x.git');
    expect(await world.workspaces.push(request)).toMatchObject({ class: 'config', code: 'remote-unreachable' });
    await git(world.root, 'remote', 'remove', 'origin');
    expect(await world.workspaces.push(request)).toMatchObject({ class: 'config', code: 'no-remote' });
  });

  it('nothing is pushed where the configuration says so', async () => {
    const world = await makeWorld();
    const { request } = await worked(world);
    for (const settings of [
      { remote: null, base: 'main', push: true },
      { remote: 'origin', base: 'main', push: false },
    ]) {
      expect(await openWorld(world.folder, { git: settings }).workspaces.push(request)).toBeNull();
    }
    expect(Object.keys(await refs(world.remote))).toEqual(['refs/heads/main']);
  });

  it('no tags go along', async () => {
    const world = await makeWorld();
    const { place, request } = await worked(world);
    await git(place.root, 'tag', '-am', 'x', 'mine');
    await git(world.root, 'config', 'push.followTags', 'true');
    expect(await world.workspaces.push(request)).toBeNull();
    expect(Object.keys(await refs(world.remote)).sort()).toEqual(['refs/heads/feature/a-1', 'refs/heads/main']);
  });
});

describe('gate places', () => {
  it('are reused without leftovers, but with what is ignored', async () => {
    const world = await makeWorld();
    const { commit, place } = await worked(world);
    const first = await world.workspaces.gatePlace({ repo: null, commit });
    await write(first.path, 'node_modules/dep.js', 'installed');
    await write(first.path, 'left.txt', 'left');
    await write(first.path, 'src/a.txt', 'changed by a gate');
    await git(first.path, 'init', '-q', 'inner');
    await write(first.path, 'inner/x.txt', 'x');
    await first.release();
    const second = await openWorld(world.folder).workspaces.gatePlace({ repo: null, commit: place.start });
    expect(second.path).toBe(first.path);
    expect(await git(second.path, 'status', '--porcelain')).toBe('');
    expect(await read(second.path, 'src/a.txt')).toBe('a\n');
    expect([existsSync(`${second.path}/node_modules/dep.js`), existsSync(`${second.path}/inner`)]).toEqual([
      true,
      false,
    ]);
    expect(await head(second.path)).toBe(place.start);
    await second.release();
    await second.release();
  });

  it('are mended after a crash or a gate that broke them', async () => {
    const world = await makeWorld();
    const { commit } = await worked(world);
    const first = await world.workspaces.gatePlace({ repo: null, commit });
    await first.release();
    await writeFile(path.join(world.root, '.git/worktrees/0/index.lock'), '');
    const second = await world.workspaces.gatePlace({ repo: null, commit });
    expect(second.path).toBe(first.path);
    await second.release();
    await rm(path.join(first.path, '.git'));
    const third = await world.workspaces.gatePlace({ repo: null, commit });
    expect(await read(third.path, 'src/a.txt')).toBe('work');
    await third.release();
    await rm(first.path, { recursive: true });
    const fourth = await world.workspaces.gatePlace({ repo: null, commit });
    expect(await read(fourth.path, 'src/a.txt')).toBe('work');
    await fourth.release();
  });

  it('many at once get a place each', async () => {
    const world = await makeWorld();
    const { commit } = await worked(world);
    const places = await Promise.all([1, 2, 3].map(() => world.workspaces.gatePlace({ repo: null, commit })));
    expect(new Set(places.map((each) => each.path)).size).toBe(3);
    for (const each of places) await each.release();
  });

  it('are gone after tidying up, and come back when they are needed', async () => {
    const world = await makeWorld();
    const { commit } = await worked(world);
    await (await world.workspaces.gatePlace({ repo: null, commit })).release();
    await world.workspaces.tidy();
    await world.workspaces.tidy();
    expect(await git(world.root, 'worktree', 'list')).not.toContain('gate-pool');
    const again = await world.workspaces.gatePlace({ repo: null, commit });
    expect(await read(again.path, 'src/a.txt')).toBe('work');
    await again.release();
  });

  it('a commit that is not there is said', async () => {
    const world = await makeWorld();
    await expect(world.workspaces.gatePlace({ repo: null, commit: '0'.repeat(40) })).rejects.toMatchObject({
      failure: { class: 'gate', code: 'no-commit' },
    });
  });
});

describe('the queue of a repository', () => {
  it('lets one pass after the other, in order, also after a failure', async () => {
    const seen: string[] = [];
    const pass = (name: string, fails = false) =>
      inTurn('k', async () => {
        seen.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`${name} out`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([pass('a'), pass('b', true), pass('c')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });
});
