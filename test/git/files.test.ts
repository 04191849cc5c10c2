import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listCheckouts } from '../../src/git/checkouts.ts';
import { refsInFiles } from '../../src/git/ref-files.ts';
import { openRepository, type Repository, readRefs } from '../../src/git/repository.ts';
import { gitProcesses, git as run } from '../../src/git/run.ts';
import { git, makeWorld } from './world.ts';

async function opened(folder: string): Promise<Repository> {
  const repository = await openRepository(folder);
  if (repository === null) throw new Error(`${folder} is no repository`);
  return repository;
}

async function asGitSays(root: string): Promise<Record<string, string>> {
  const out = await git(root, 'for-each-ref', '--format=%(refname) %(objectname)');
  return Object.fromEntries(out.split('\n').map((line) => line.split(' ') as [string, string]));
}

describe('refs out of files', () => {
  it('are what git says: packed, loose over packed, deleted, a folder under the name', async () => {
    const { root } = await makeWorld();
    for (const name of ['a', 'ab', 'b/c', 'gone']) await git(root, 'branch', name);
    await git(root, 'tag', '--annotate', '--message=x', 'v1');
    await git(root, 'pack-refs', '--all');
    await git(root, 'commit', '--quiet', '--allow-empty', '--message=more');
    await git(root, 'branch', '--force', 'a', 'HEAD');
    await git(root, 'branch', '-D', 'gone');
    await git(root, 'branch', 'd/e');
    const said = await asGitSays(root);
    const names = [...Object.keys(said), 'refs/heads/gone', 'refs/heads/b', 'refs/heads/d', 'refs/heads/a/x'];
    const before = gitProcesses();
    expect(Object.fromEntries(await readRefs(await opened(root), names))).toEqual(said);
    expect(gitProcesses() - before).toBe(1);
  });

  it('are asked of git where files do not say them: symbolic, broken, odd names, another way to keep refs', async () => {
    const { root } = await makeWorld();
    const common = path.join(root, '.git');
    await git(root, 'symbolic-ref', 'refs/heads/link', 'refs/heads/main');
    await writeFile(path.join(common, 'refs/heads/torn'), '');
    expect(refsInFiles(common, ['refs/heads/main'])?.size).toBe(1);
    for (const name of ['refs/heads/link', 'refs/heads/torn', 'refs/heads/../../HEAD', 'HEAD']) {
      expect(refsInFiles(common, [name])).toBeNull();
    }
    const main = (await asGitSays(root))['refs/heads/main'];
    const refs = await readRefs(await opened(root), ['refs/heads/link', 'refs/heads/main']);
    expect(Object.fromEntries(refs)).toEqual({ 'refs/heads/link': main, 'refs/heads/main': main });
    await writeFile(path.join(common, 'HEAD'), 'ref: refs/heads/.invalid\n');
    expect(refsInFiles(common, ['refs/heads/main'])).toBeNull();
  });
});

describe('checkouts out of files', () => {
  it('are what git says: branches, detached, locked, without a folder, of a branch without commits', async () => {
    const { folder, root } = await makeWorld();
    const repository = await opened(root);
    const at = (name: string) => path.join(folder, name);
    const asked = await listCheckouts(repository);
    expect(asked).toMatchObject([{ root, branch: 'refs/heads/main', lock: null, isThere: true }]);
    await git(root, 'worktree', 'add', '--quiet', '-b', 'one', at('one'));
    await git(root, 'worktree', 'add', '--quiet', '--detach', at('two'));
    await git(root, 'worktree', 'add', '--quiet', '-b', 'three', at('three'));
    await git(root, 'worktree', 'lock', '--reason', 'mine', at('two'));
    await git(root, 'worktree', 'lock', at('one'));
    await git(root, 'pack-refs', '--all');
    await rm(at('three'), { recursive: true });
    const head = asked[0]?.head;
    const before = gitProcesses();
    const found = [...(await listCheckouts(repository))].sort((one, other) => (one.root < other.root ? -1 : 1));
    expect(gitProcesses() - before).toBe(0);
    expect(found).toMatchObject([
      { root: at('one'), head, branch: 'refs/heads/one', lock: '', isThere: true },
      { root, head, branch: 'refs/heads/main', lock: null, admin: repository.common },
      { root: at('three'), head, branch: 'refs/heads/three', lock: null, isThere: false },
      { root: at('two'), head, branch: null, lock: 'mine', isThere: true },
    ]);
  });

  it('are asked of git when one is being made or broken', async () => {
    const { folder, root } = await makeWorld();
    const repository = await opened(root);
    await git(root, 'worktree', 'add', '--quiet', '-b', 'one', path.join(folder, 'one'));
    await listCheckouts(repository);
    await rm(path.join(repository.common, 'worktrees/one/HEAD'));
    const before = gitProcesses();
    await listCheckouts(repository);
    expect(gitProcesses() - before).toBe(1);
  });

  it('leave out the main one of a bare repository', async () => {
    const { folder, remote } = await makeWorld();
    const repository = await opened(remote);
    await git(remote, 'worktree', 'add', '--quiet', '--detach', path.join(folder, 'one'), 'main');
    for (const _ of ['asked', 'read']) {
      expect(await listCheckouts(repository)).toMatchObject([{ root: path.join(folder, 'one'), branch: null }]);
    }
  });
});

it('what the system refuses to start is a failed command like others', async () => {
  const { root } = await makeWorld();
  const result = await run(['rev-parse', 'x'.repeat(4_000_000)], { cwd: root });
  expect(result).toMatchObject({ exitCode: null, stderr: expect.stringMatching(/git rev-parse was ended by E2BIG/) });
});

it('a worktree whose sparse checkout we wrote is as one that git wrote', async () => {
  const { workspaces, root } = await makeWorld();
  const said: string[] = [];
  for (const task of ['A-1', 'A-2']) {
    const made = await workspaces.prepare({
      task,
      fence: 1,
      repo: null,
      branch: `t/${task}`,
      mergeBase: false,
      deps: [],
    });
    if (!made.ok) throw new Error(made.failure.text);
    const place = made.place.root;
    const asked = [
      ['sparse-checkout', 'list'],
      ['config', '--worktree', '--list'],
      ['ls-files', '-t'],
      ['status', '-s'],
    ];
    said.push((await Promise.all(asked.map((args) => git(place, ...args)))).join('\n'));
  }
  expect(said[0]).toMatch(/^\/\*\n!\/docs\/tasks\.md\n[\s\S]*S docs\/tasks\.md/);
  expect(said[1]).toBe(said[0]);
  expect(await git(root, 'config', 'extensions.worktreeConfig')).toBe('true');
});
