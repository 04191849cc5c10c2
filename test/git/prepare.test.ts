import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  begun,
  commitAll,
  commitFile,
  git,
  head,
  LEDGER,
  makeWorld,
  openWorld,
  prepared,
  read,
  refs,
  refusal,
  scratch,
  TABLE,
  write,
} from './world.ts';

const worktree = (root: string) => path.join(root, '.coxswain/worktrees/A-1');

describe('a new worktree', () => {
  it('leaves the project as it was: clean status, its own sparse settings, no upstream', async () => {
    const world = await makeWorld();
    const place = await prepared(world);
    expect(await git(world.root, 'status', '--porcelain')).toBe('');
    expect(await read(world.root, LEDGER)).toBe(TABLE);
    expect(await git(place.root, 'status', '--porcelain')).toBe('');
    expect(await git(world.root, 'config', '--list')).not.toContain('branch.feature/a-1');
    expect(await git(world.root, 'config', '--list', '--local')).not.toContain('core.sparsecheckout=true');
  });

  it('starts from the branch where only the remote has it, and from the newer of the two', async () => {
    const world = await makeWorld();
    await git(world.root, 'switch', '-qc', 'feature/a-1');
    const first = await commitFile(world.root, 'src/a.txt', 'one');
    await git(world.root, 'push', '-q', 'origin', 'feature/a-1');
    await git(world.root, 'switch', '-q', 'main');
    await git(world.root, 'branch', '-qD', 'feature/a-1');
    expect(await prepared(world)).toMatchObject({ start: first });
    expect(await git(world.root, 'rev-parse', 'feature/a-1')).toBe(first);
  });

  it('uses an existing branch as it is', async () => {
    const world = await makeWorld();
    await git(world.root, 'switch', '-qc', 'feature/a-1');
    const first = await commitFile(world.root, 'src/a.txt', 'one');
    await git(world.root, 'switch', '-q', 'main');
    await commitFile(world.root, 'src/b.txt', 'base moved');
    expect(await prepared(world)).toMatchObject({ start: first });
    const place = await prepared(world, { fence: 2, mergeBase: true });
    expect(await read(place.root, 'src/b.txt')).toBe('base moved');
    expect(await git(place.root, 'rev-parse', 'HEAD^1')).toBe(first);
    expect(place.start).toBe(await head(place.root));
  });

  it('says when there is no base branch', async () => {
    const world = await makeWorld({ git: { remote: 'origin', base: 'trunk', push: true } });
    expect(await refusal(world)).toMatchObject({
      class: 'workspace',
      code: 'no-base',
      text: expect.stringContaining('trunk'),
    });
  });

  it('makes files that only the orchestrator writes read-only, and says nothing of others', async () => {
    const world = await makeWorld({ own: { orchestrator: ['{ledger}', 'status-*.md'], worker: ['**'] } });
    await commitFile(world.root, 'status-a.md', 'x');
    const place = await prepared(world);
    const { mode } = await import('node:fs/promises').then(({ stat }) => stat(path.join(place.root, 'status-a.md')));
    expect(mode & 0o222).toBe(0);
    expect(await git(place.root, 'status', '--porcelain')).toBe('');
  });

  it('follows the template of the folder, and keeps that folder out of the status', async () => {
    const world = await makeWorld({ workspace: { path: '.worktrees/{id}' } });
    const place = await prepared(world);
    expect(place.root).toBe(path.join(world.root, '.worktrees/A-1'));
    expect(await git(world.root, 'status', '--porcelain')).toBe('');
  });

  it('keeps the sparse patterns a person has for all worktrees', async () => {
    const world = await makeWorld();
    await git(world.root, 'sparse-checkout', 'set', '--cone', 'docs');
    const place = await prepared(world);
    expect(existsSync(path.join(place.root, 'src'))).toBe(false);
    expect(existsSync(path.join(place.root, LEDGER))).toBe(false);
    expect(existsSync(path.join(world.root, LEDGER))).toBe(true);
  });

  it('runs the post-checkout hook of the repository', async () => {
    const world = await makeWorld();
    const { hook } = await import('./world.ts');
    await hook(path.join(world.root, '.git'), 'post-checkout', 'touch hook.log');
    const place = await prepared(world);
    expect(existsSync(path.join(place.root, 'hook.log'))).toBe(true);
  });

  it('makes many at once', async () => {
    const world = await makeWorld();
    const names = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6'];
    const places = await Promise.all(names.map((task) => prepared(world, { task, branch: `b/${task}` })));
    expect(new Set(places.map(({ root }) => root)).size).toBe(6);
  });
});

describe('names are data', () => {
  for (const [what, change] of [
    ['an id that leaves the folder', { task: '../x' }],
    ['an id with a slash', { task: 'a/b' }],
    ['an option for a branch', { branch: '-f' }],
    ['a branch with a shell line', { branch: 'x;rm -rf' }],
    ['a branch that leaves', { branch: '../x' }],
    ['an empty branch', { branch: '' }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const world = await makeWorld();
      expect(await refusal(world, change)).toMatchObject({ class: 'document' });
      expect(existsSync(path.join(world.root, '.coxswain'))).toBe(false);
    });
  }
});

describe('what is in the way is told, and left alone', () => {
  it('a folder', async () => {
    const world = await makeWorld();
    await write(world.root, '.coxswain/worktrees/A-1/mine.txt', 'mine');
    expect(await refusal(world)).toMatchObject({
      class: 'workspace',
      code: 'folder-in-way',
      text: expect.stringMatching(/A-1.*Move it away/s),
    });
    expect(await read(world.root, '.coxswain/worktrees/A-1/mine.txt')).toBe('mine');
  });

  it('a file, or a link to a folder', async () => {
    const world = await makeWorld();
    await write(world.root, '.coxswain/worktrees/A-1', 'file');
    expect(await refusal(world)).toMatchObject({ code: 'folder-in-way' });
    await rm(worktree(world.root));
    await mkdir(path.join(world.folder, 'elsewhere'));
    await write(world.folder, 'elsewhere/mine.txt', 'mine');
    await symlink(path.join(world.folder, 'elsewhere'), worktree(world.root));
    expect(await refusal(world)).toMatchObject({ code: 'folder-in-way' });
    expect(await readdir(path.join(world.folder, 'elsewhere'))).toEqual(['mine.txt']);
  });

  it('a worktree that we did not make', async () => {
    const world = await makeWorld();
    await git(world.root, 'worktree', 'add', '-q', '-b', 'other', worktree(world.root));
    expect(await refusal(world)).toMatchObject({
      code: 'foreign-worktree',
      text: expect.stringMatching(/did not make/),
    });
    await rm(worktree(world.root), { recursive: true });
    expect(await refusal(world)).toMatchObject({
      code: 'worktree-missing',
      text: expect.stringMatching(/git worktree prune/),
    });
  });

  it('the branch, checked out elsewhere', async () => {
    const world = await makeWorld();
    const elsewhere = path.join(world.folder, 'elsewhere');
    await git(world.root, 'worktree', 'add', '-q', '-b', 'feature/a-1', elsewhere);
    expect(await refusal(world)).toMatchObject({
      code: 'branch-checked-out',
      text: expect.stringContaining(elsewhere),
    });
    await rm(elsewhere, { recursive: true });
    expect(await refusal(world)).toMatchObject({ code: 'worktree-missing', text: expect.stringMatching(/prune/) });
  });

  it('the branch, if it is the base', async () => {
    const world = await makeWorld();
    expect(await refusal(world, { branch: 'main' })).toMatchObject({ code: 'branch-is-base', class: 'workspace' });
  });

  it('a branch whose name is part of the wanted one', async () => {
    const world = await makeWorld();
    await git(world.root, 'branch', 'feature');
    expect(await refusal(world)).toMatchObject({ code: 'name-taken', text: expect.stringMatching(/A-1.*Rename/s) });
    await git(world.root, 'branch', '-qD', 'feature');
    await prepared(world);
  });

  it('no repository', async () => {
    const world = await makeWorld();
    await rm(path.join(world.root, '.git'), { recursive: true });
    expect(await refusal(openWorld(world.folder))).toMatchObject({ class: 'config', code: 'no-repository' });
  });
});

describe('the next attempt in the same worktree', () => {
  it('finds its uncommitted files, back on its branch', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await write(place.root, 'src/b.txt', 'dirty');
    await git(place.root, 'switch', '-q', '--detach');
    expect(await prepared(world, { fence: 2 })).toEqual(place);
    expect(await git(place.root, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/a-1');
    expect(await read(place.root, 'src/b.txt')).toBe('dirty');
  });

  it('is brought back from another branch, with the work there kept', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await git(place.root, 'switch', '-qc', 'elsewhere');
    const lost = await commitFile(place.root, 'src/a.txt', 'elsewhere');
    await write(place.root, 'src/a.txt', 'in the way');
    await prepared(world, { fence: 2 });
    expect(await git(place.root, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/a-1');
    expect(await git(world.root, 'for-each-ref', '--contains', lost)).toContain('refs/coxswain/archive/A-1/1');
    expect(await git(world.root, 'show', 'refs/coxswain/rescue/A-1/1:src/a.txt')).toBe('in the way');
  });

  for (const [name, start] of [
    ['merge', ['merge', 'side']],
    ['rebase', ['rebase', 'side']],
    ['cherry-pick', ['cherry-pick', 'side']],
  ] as const) {
    it(`a ${name} that was left half-done is saved and called off`, async () => {
      const world = await makeWorld();
      await git(world.root, 'switch', '-qc', 'side');
      await commitFile(world.root, 'src/a.txt', 'side\n');
      await git(world.root, 'switch', '-q', 'main');
      const place = await begun(world);
      const mine = await commitFile(place.root, 'src/a.txt', 'mine\n');
      await git(place.root, ...start).catch(() => undefined);
      await write(place.root, 'src/b.txt', 'half-resolved\n');
      await prepared(world, { fence: 2 });
      expect(await git(place.root, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/a-1');
      expect(await head(place.root)).toBe(mine);
      expect(await git(place.root, 'status')).not.toMatch(/progress|rebasing|unmerged/i);
      expect(await git(world.root, 'show', 'refs/coxswain/rescue/A-1/1:src/b.txt')).toBe('half-resolved');
    });
  }

  it('survives that the worker removed or replaced the .git file, and killed git in the middle', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await rm(path.join(place.root, '.git'));
    await git(place.root, 'init', '-q');
    await writeFile(path.join(world.root, '.git/worktrees/A-1/index.lock'), '');
    expect(await prepared(world, { fence: 2 })).toEqual(place);
    expect(await git(place.root, 'status', '--porcelain')).toBe('');
    expect(existsSync(path.join(world.root, '.coxswain/rescued/A-1/1/git/HEAD'))).toBe(true);
  });

  it('is made anew when its folder is gone, or its record, or the row names another branch', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const commit = await commitFile(place.root, 'src/a.txt', 'work');
    await rm(place.root, { recursive: true });
    expect(await prepared(world, { fence: 2 })).toMatchObject({ start: commit });
    await rm(path.join(world.root, '.coxswain/places'), { recursive: true });
    expect(await prepared(world, { fence: 3 })).toMatchObject({ start: commit });
    await write(place.root, 'src/b.txt', 'unsaved');
    expect(await prepared(world, { fence: 4, branch: 'renamed' })).toMatchObject({ start: await head(world.root) });
    expect(await git(world.root, 'show', 'refs/coxswain/rescue/A-1/3:src/b.txt')).toBe('unsaved');
    expect(await head(world.root, 'feature/a-1')).toBe(commit);
  });

  it('takes what its dependencies got since, into files that are dirty elsewhere', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await write(place.root, 'src/b.txt', 'dirty');
    await git(world.root, 'switch', '-qc', 'dep');
    const dep = await commitFile(world.root, 'src/a.txt', 'dep');
    await git(world.root, 'switch', '-q', 'main');
    const next = await prepared(world, { fence: 2, deps: [{ task: 'A-0', commit: dep }] });
    expect(await read(place.root, 'src/a.txt')).toBe('dep');
    expect(next.start).toBe(dep);
    await git(world.root, 'switch', '-q', 'dep');
    const more = await commitFile(world.root, 'src/b.txt', 'dep');
    await git(world.root, 'switch', '-q', 'main');
    expect(await refusal(world, { fence: 3, deps: [{ task: 'A-0', commit: more }] })).toMatchObject({
      code: 'dirty-in-the-way',
    });
    expect(await read(place.root, 'src/b.txt')).toBe('dirty');
  });
});

describe('repos (T11)', () => {
  it('a folder of this repository is where the agent works', async () => {
    const world = await makeWorld();
    await commitFile(world.root, 'apps/api/x.txt', 'x');
    const repos = { api: { path: 'apps/api', base: null, remote: null, gates: null } };
    const place = await prepared(openWorld(world.folder, { repos }), { repo: 'api' });
    expect(place.path).toBe(path.join(place.root, 'apps/api'));
    expect(place.root).toBe(worktree(world.root));
  });

  it('another repository has its own base, remote and ledger-like files', async () => {
    const world = await makeWorld();
    const web = path.join(world.folder, 'web');
    const webRemote = path.join(world.folder, 'web.git');
    await git(world.folder, 'init', '-q', '--bare', '--initial-branch=trunk', webRemote);
    await git(world.folder, 'init', '-q', '--initial-branch=trunk', web);
    await git(web, 'remote', 'add', 'up', webRemote);
    await write(web, LEDGER, 'no ledger here');
    await commitAll(web, 'First');
    await git(web, 'push', '-q', 'up', 'trunk');
    const repos = { web: { path: '../web', base: 'trunk', remote: 'up', gates: null } };
    const there = openWorld(world.folder, { repos });
    const place = await begun(there, { repo: 'web', deps: [{ task: 'A-0', commit: await head(world.root) }] });
    expect(place.base).toBe('trunk');
    const commit = await commitFile(place.root, LEDGER, 'ours to write');
    const { work, violations } = await there.workspaces.inspect({ task: 'A-1', fence: 1, claimed: commit });
    expect(work).toMatchObject({ isChanged: true, claimProblem: null });
    expect(violations).toEqual([]);
    expect(await there.workspaces.push({ task: 'A-1', repo: 'web', branch: place.branch, commit })).toBeNull();
    expect(await head(webRemote, place.branch)).toBe(commit);
    const gate = await there.workspaces.gatePlace({ repo: 'web', commit });
    expect(await read(gate.path, LEDGER)).toBe('ours to write');
    await gate.release();
    await there.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(existsSync(place.root)).toBe(false);
  });

  it('an unknown name and a folder that is not there are said', async () => {
    const world = await makeWorld({ repos: { gone: { path: '../gone', base: null, remote: null, gates: null } } });
    expect(await refusal(world, { repo: 'x' })).toMatchObject({ class: 'config', code: 'unknown-repo' });
    expect(await refusal(world, { repo: 'gone' })).toMatchObject({ class: 'config', code: 'no-repo-folder' });
    expect(await refusal(world, { deps: [{ task: 'A-0', commit: '1'.repeat(40) }] })).toMatchObject({
      code: 'no-commit',
    });
  });
});

it('a repository with long object names', async () => {
  const folder = await scratch();
  const root = path.join(folder, 'project');
  await git(folder, 'init', '-q', '--object-format=sha256', '--initial-branch=main', root);
  await write(root, LEDGER, TABLE);
  await write(root, 'src/a.txt', 'a');
  await commitAll(root, 'First');
  const world = openWorld(folder, { git: { remote: null, base: 'main', push: false } });
  const place = await begun(world);
  const commit = await commitFile(place.root, 'src/b.txt', 'b');
  await rm(path.join(place.root, 'src/a.txt'));
  await git(place.root, 'branch', 'mine');
  const { work, violations } = await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: commit });
  expect(work).toMatchObject({ isChanged: true, claimProblem: null });
  expect(violations).toMatchObject([{ what: 'ref', path: 'refs/heads/mine' }]);
  await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
  expect(await git(root, 'ls-tree', '-r', '--name-only', 'refs/coxswain/rescue/A-1/1')).not.toContain('src/a.txt');
});

describe('killed in the middle (E2)', () => {
  const record = (root: string) => path.join(root, '.coxswain/places/A-1.json');
  const change = async (root: string, fields: object) => {
    const stored = JSON.parse(await readFile(record(root), 'utf8'));
    await writeFile(record(root), JSON.stringify({ ...stored, ...fields }));
    return stored;
  };

  it('after the record, before the worktree', async () => {
    const world = await makeWorld();
    const place = await prepared(world);
    await change(world.root, { state: 'making', admin: null });
    await git(world.root, 'worktree', 'remove', '--force', place.root);
    expect(await prepared(openWorld(world.folder))).toEqual(place);
  });

  it('after the worktree, before its marker and files', async () => {
    const world = await makeWorld();
    const place = await prepared(world);
    const { token } = await change(world.root, { state: 'making', admin: null });
    await git(world.root, 'worktree', 'remove', '--force', place.root);
    await git(
      world.root,
      'worktree',
      'add',
      '-q',
      '--no-checkout',
      '--lock',
      '--reason',
      `coxswain ${token}`,
      place.root,
      place.branch,
    );
    expect(await prepared(openWorld(world.folder))).toEqual(place);
    expect(existsSync(path.join(place.root, LEDGER))).toBe(false);
    expect(await git(place.root, 'status', '--porcelain')).toBe('');
    expect(await git(world.root, 'worktree', 'list', '--porcelain')).not.toContain('locked');
  });

  it('in the middle of checking out', async () => {
    const world = await makeWorld();
    const place = await prepared(world);
    await change(world.root, { state: 'making' });
    const admin = path.join(world.root, '.git/worktrees/A-1');
    await rm(path.join(admin, 'index'));
    await writeFile(path.join(admin, 'index.lock'), 'half');
    await writeFile(path.join(place.root, 'src/a.txt'), 'ha');
    expect(await prepared(openWorld(world.folder))).toEqual(place);
    expect(await read(place.root, 'src/a.txt')).toBe('a\n');
    expect(await git(place.root, 'status', '--porcelain')).toBe('');
  });

  it('a worktree of somebody else at the place of an unfinished one is not ours', async () => {
    const world = await makeWorld();
    const place = await prepared(world);
    await change(world.root, { state: 'making', admin: null });
    await git(world.root, 'worktree', 'remove', '--force', place.root);
    await git(world.root, 'worktree', 'add', '-q', place.root, place.branch);
    expect(await refusal(openWorld(world.folder))).toMatchObject({ code: 'foreign-worktree' });
  });

  it('git died while registering', async () => {
    const world = await makeWorld();
    const place = await prepared(world);
    await change(world.root, { state: 'making', admin: null });
    await git(world.root, 'worktree', 'remove', '--force', place.root);
    await mkdir(place.root);
    await writeFile(path.join(place.root, '.git'), 'gitdir: /nowhere\n');
    expect(await prepared(openWorld(world.folder))).toEqual(place);
  });

  it('in the middle of removing', async () => {
    const world = await makeWorld();
    const place = await prepared(world);
    await change(world.root, { state: 'removing' });
    await rm(path.join(place.root, '.git'));
    await openWorld(world.folder).workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(existsSync(place.root)).toBe(false);
    expect(await git(world.root, 'worktree', 'list')).not.toContain('A-1');
    expect(Object.keys(await refs(world.root))).toContain('refs/heads/feature/a-1');
  });
});
