import { chmod, mkdir, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Place } from '../../src/port/workspace.ts';
import { begun, commitAll, commitFile, git, head, LEDGER, makeWorld, read, refs, type World, write } from './world.ts';

const RESCUE = 'refs/coxswain/rescue/A-1/1';

async function rescued(dirty: (place: Place, world: World) => Promise<unknown>) {
  const world = await makeWorld();
  const place = await begun(world);
  await dirty(place, world);
  const before = await git(place.root, 'status', '--porcelain=v2', '--branch');
  const index = await git(place.root, 'ls-files', '--stage').catch(() => '');
  await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
  const first = await refs(world.root);
  await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
  expect(await refs(world.root)).toEqual(first);
  expect(await git(place.root, 'status', '--porcelain=v2', '--branch')).toBe(before);
  expect(await git(place.root, 'ls-files', '--stage').catch(() => '')).toBe(index);
  const tree = await git(world.root, 'ls-tree', '-r', RESCUE).catch(() => '');
  return {
    world,
    place,
    tree,
    show: (name: string, revision = RESCUE) => git(world.root, 'show', `${revision}:${name}`),
  };
}

describe('uncommitted work is saved, and nothing is touched', () => {
  it('nothing dirty: no ref', async () => {
    const { world } = await rescued(async () => undefined);
    expect(Object.keys(await refs(world.root))).not.toContain(RESCUE);
  });

  it('edits, new files, deletions, links, modes and odd names; ignored files are not', async () => {
    const { tree, show, world } = await rescued(async ({ root }) => {
      await write(root, 'src/a.txt', 'edited');
      await rm(path.join(root, 'src/b.txt'));
      await write(root, 'deep/er/new "q" ä.txt', 'new');
      await writeFile(path.join(root, 'two\nlines.txt'), 'x');
      await writeFile(Buffer.concat([Buffer.from(`${root}/latin-`), Buffer.from([0xe4])]), 'x');
      await write(root, 'tool.sh', 'x');
      await chmod(path.join(root, 'tool.sh'), 0o755);
      await symlink('nowhere', path.join(root, 'link'));
      await write(root, 'node_modules/x.js', 'x');
      await write(root, LEDGER, 'kept although it is not its to write');
    });
    expect(await show('src/a.txt')).toBe('edited');
    expect(await show('deep/er/new "q" ä.txt')).toBe('new');
    expect(await show(LEDGER)).toBe('kept although it is not its to write');
    expect(tree).not.toContain('src/b.txt');
    expect(tree).not.toContain('node_modules');
    expect(tree).toMatch(/100755 blob \w+\ttool\.sh/);
    expect(tree).toMatch(/120000 blob \w+\tlink/);
    expect(tree).toContain('two\\nlines.txt');
    expect(tree).toContain('latin-\\344');
    expect(await git(world.root, 'log', '-1', '--format=%s', RESCUE)).toBe('Uncommitted work of A-1, attempt 1');
    expect(await head(world.root, `${RESCUE}^`)).toBe(await head(world.root, 'feature/a-1'));
  });

  it('what was staged and then changed again', async () => {
    const { show } = await rescued(async ({ root }) => {
      await write(root, 'src/a.txt', 'staged');
      await git(root, 'add', 'src/a.txt');
      await write(root, 'src/a.txt', 'edited');
    });
    expect(await show('src/a.txt')).toBe('edited');
    expect(await show('src/a.txt', `${RESCUE}^2`)).toBe('staged');
  });

  it('the middle of a conflict', async () => {
    const { show } = await rescued(async ({ root }, world) => {
      await commitFile(world.root, 'src/a.txt', 'base\n');
      await commitFile(root, 'src/a.txt', 'mine\n');
      await git(root, 'merge', '-q', 'main').catch(() => undefined);
    });
    expect(await show('src/a.txt')).toMatch(/<<<<<<<[\s\S]*mine[\s\S]*base/);
  });

  it('a file that became a folder, and a folder that became a file', async () => {
    const { show, tree } = await rescued(async ({ root }) => {
      await rm(path.join(root, 'src'), { recursive: true });
      await write(root, 'src', 'file now');
      await rm(path.join(root, '.gitignore'));
      await write(root, '.gitignore/x', 'folder now');
    });
    expect(await show('src')).toBe('file now');
    expect(await show('.gitignore/x')).toBe('folder now');
    expect(tree).not.toContain('src/');
  });

  it('work on an orphan branch, without any commit', async () => {
    const { show } = await rescued(async ({ root }) => {
      await git(root, 'checkout', '-q', '--orphan', 'fresh');
      await write(root, 'src/a.txt', 'orphan');
    });
    expect(await show('src/a.txt')).toBe('orphan');
  });

  it('a repository inside, with its commits and its files', async () => {
    const { world, show } = await rescued(async ({ root }) => {
      await mkdir(path.join(root, 'inner'));
      await git(root, 'init', '-q', '--initial-branch=main', 'inner');
      await commitFile(path.join(root, 'inner'), 'x.txt', 'committed inside');
      await write(root, 'inner/y.txt', 'not committed');
    });
    expect(await show('inner/x.txt')).toBe('committed inside');
    expect(await show('inner/y.txt')).toBe('not committed');
    const nested = Object.keys(await refs(world.root)).filter((ref) => ref.startsWith(`${RESCUE}.nested/`));
    expect(nested.map((ref) => ref.replace(/nested\/\w+/, 'nested/*')).sort()).toEqual([
      `${RESCUE}.nested/*/HEAD`,
      `${RESCUE}.nested/*/heads/main`,
    ]);
  });

  it('a file whose filter fails is saved as it is', async () => {
    const { show } = await rescued(async ({ root }) => {
      await write(root, '.gitattributes', '*.bin filter=gone');
      await git(root, 'config', 'filter.gone.clean', 'false');
      await git(root, 'config', 'filter.gone.required', 'true');
      await write(root, 'x.bin', 'raw');
    });
    expect(await show('x.bin')).toBe('raw');
  });

  it('a broken index', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await write(place.root, 'src/a.txt', 'edited');
    await writeFile(path.join(world.root, '.git/worktrees/A-1/index'), 'broken');
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    expect(await git(world.root, 'show', `${RESCUE}:src/a.txt`)).toBe('edited');
  });

  it('more of it later gets a ref of its own', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await write(place.root, 'src/a.txt', 'one');
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    await write(place.root, 'src/a.txt', 'two');
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(await git(world.root, 'show', `${RESCUE}:src/a.txt`)).toBe('one');
    expect(await git(world.root, 'show', `${RESCUE}.2:src/a.txt`)).toBe('two');
  });

  it('a huge file stays where it is, and is moved aside before the folder goes', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await write(place.root, 'huge.bin', 'begin');
    await truncate(path.join(place.root, 'huge.bin'), 200_000_000);
    await write(place.root, 'small.txt', 'small');
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    expect(await git(world.root, 'ls-tree', '-r', '--name-only', RESCUE)).not.toContain('huge.bin');
    expect(await git(world.root, 'log', '-1', '--format=%b', RESCUE)).toContain('huge.bin');
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect((await read(world.root, '.coxswain/rescued/A-1/1/files/huge.bin')).startsWith('begin')).toBe(true);
  });
});

describe('the worktree a worker left in a bad state', () => {
  it('its folder deleted: the branch is there, the files are gone', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const commit = await commitFile(place.root, 'src/a.txt', 'work');
    await rm(place.root, { recursive: true });
    const { work } = await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: commit });
    expect(work).toMatchObject({ head: commit, isChanged: true, claimProblem: null });
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(await git(world.root, 'worktree', 'list')).not.toContain('A-1');
  });

  it('a detached head with commits of its own', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await git(place.root, 'switch', '-q', '--detach');
    const lost = await commitFile(place.root, 'src/a.txt', 'detached');
    const { work } = await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: lost });
    expect(work).toMatchObject({ isChanged: false, claimProblem: expect.stringMatching(/not on feature/) });
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(await git(world.root, 'for-each-ref', '--contains', lost)).toContain('refs/coxswain/archive/A-1/1');
  });

  it('a rebase under way', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await commitFile(place.root, 'src/a.txt', 'mine');
    const kept = await commitFile(place.root, 'src/b.txt', 'mine');
    await commitFile(world.root, 'src/b.txt', 'base');
    await git(place.root, 'rebase', '-q', 'main').catch(() => undefined);
    const onto = await head(place.root);
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    for (const commit of [kept, onto]) {
      expect(await git(world.root, 'for-each-ref', '--contains', commit)).toContain('refs/coxswain/');
    }
  });
});

describe('cleanup removes only what is ours and kept (E7)', () => {
  it('a link in place of the worktree is not followed', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const precious = path.join(world.folder, 'precious');
    await write(precious, 'x.txt', 'precious');
    await rm(place.root, { recursive: true });
    await symlink(precious, place.root);
    await expect(world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false })).rejects.toThrow(
      /link or no folder/,
    );
    expect(await read(precious, 'x.txt')).toBe('precious');
  });

  it('a link inside is removed, not what it leads to', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const precious = path.join(world.folder, 'precious');
    await write(precious, 'x.txt', 'precious');
    await symlink(precious, path.join(place.root, 'node_modules'));
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(await read(precious, 'x.txt')).toBe('precious');
    expect(await readlink(place.root).catch(() => 'gone')).toBe('gone');
  });

  it('another worktree at the place is not removed', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await git(world.root, 'worktree', 'remove', '--force', place.root);
    await git(world.root, 'worktree', 'add', '-q', '-b', 'persons', place.root);
    await expect(world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false })).rejects.toThrow(
      /marker/,
    );
    expect(await read(place.root, 'src/a.txt')).toBe('a\n');
  });

  it('a worktree with a submodule, and one that is locked', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await git(place.root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', world.remote, 'sub');
    await commitAll(place.root, 'Submodule');
    const inside = await commitFile(path.join(place.root, 'sub'), 'x.txt', 'only here');
    await git(world.root, 'worktree', 'lock', place.root);
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(await git(world.root, 'worktree', 'list')).not.toContain('A-1');
    expect(await git(world.root, 'cat-file', '-t', inside)).toBe('commit');
    expect(await git(world.root, 'for-each-ref', '--contains', inside)).toContain('.nested/');
  });

  it('a task that never had a worktree', async () => {
    const world = await makeWorld();
    await world.workspaces.cleanup({ task: 'A-7', fence: 1, keep: false, isDone: false });
  });

  it('keeps the branch, and the person finds no trace in the project but refs', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const commit = await commitFile(place.root, 'src/a.txt', 'work');
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: commit });
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(await head(world.root, 'feature/a-1')).toBe(commit);
    expect(await git(world.root, 'status', '--porcelain')).toBe('');
    expect((await git(world.root, 'worktree', 'list')).split('\n')).toHaveLength(1);
  });
});
