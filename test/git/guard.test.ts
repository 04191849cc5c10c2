import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
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

type Act = (place: Place, world: World) => Promise<unknown>;

async function attempt(act: Act, before: (world: World) => Promise<unknown> = async () => undefined) {
  const world = await makeWorld();
  await git(world.root, 'branch', 'other');
  await git(world.root, 'tag', '-am', 'v1', 'v1');
  await before(world);
  const place = await begun(world);
  await commitFile(place.root, 'src/a.txt', 'work');
  const earlier = await refs(world.root);
  await act(place, world);
  const result = await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
  // Asked again, as after a crash of ours, the answer is the same although everything was put back.
  expect(await openWorld(world.folder).workspaces.inspect({ task: 'A-1', fence: 1, claimed: null })).toEqual(result);
  return { world, place, earlier, ...result };
}

const told = (violations: readonly { readonly what: string; readonly path: string }[]) =>
  violations.map(({ what, path: name }) => [what, name]);

describe("refs that are not the worker's (O4)", () => {
  const tricks: readonly (readonly [string, string, Act])[] = [
    ['moves another branch', 'refs/heads/other', (place) => git(place.root, 'branch', '-f', 'other', 'HEAD')],
    [
      'moves the base with plumbing',
      'refs/heads/main',
      (place) => git(place.root, 'update-ref', 'refs/heads/main', 'HEAD'),
    ],
    [
      'moves the base from within the main checkout',
      'refs/heads/main',
      (place, world) => git(world.root, 'update-ref', 'refs/heads/main', place.branch),
    ],
    ['deletes a branch', 'refs/heads/other', (place) => git(place.root, 'branch', '-qD', 'other')],
    ['moves a tag', 'refs/tags/v1', (place) => git(place.root, 'tag', '-fam', 'v1', 'v1')],
    ['deletes a tag', 'refs/tags/v1', (place) => git(place.root, 'tag', '-d', 'v1')],
    [
      'writes a remote-tracking branch',
      'refs/remotes/origin/main',
      (place) => git(place.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD'),
    ],
    [
      'deletes a remote-tracking branch',
      'refs/remotes/origin/main',
      (place) => git(place.root, 'update-ref', '-d', 'refs/remotes/origin/main'),
    ],
    ['creates a branch for its work', 'refs/heads/mine', (place) => git(place.root, 'branch', 'mine')],
    ['creates a branch on nothing new', 'refs/heads/mine', (place) => git(place.root, 'branch', 'mine', 'HEAD^')],
    ['tags its work', 'refs/tags/mine', (place) => git(place.root, 'tag', 'mine')],
    ['replaces a commit', 'refs/replace/', async (place) => git(place.root, 'replace', 'HEAD', 'HEAD^')],
  ];
  for (const [name, ref, trick] of tricks) {
    it(`${name}: named and put back`, async () => {
      const { world, violations, earlier } = await attempt(trick);
      expect(violations).toHaveLength(1);
      expect(violations[0]).toMatchObject({
        what: 'ref',
        path: expect.stringContaining(ref),
        text: expect.stringMatching(/put back/),
      });
      const now = await refs(world.root);
      const others = Object.entries(now).filter(([each]) => !each.startsWith('refs/coxswain/'));
      expect(Object.fromEntries(others)).toEqual(earlier);
      expect(await git(world.root, 'status', '--porcelain')).toBe('');
    });
  }

  it('its own branch deleted: put back, and its commits are kept', async () => {
    const { world, violations, earlier } = await attempt(async (place) => {
      await git(place.root, 'switch', '-q', '--detach');
      await git(place.root, 'branch', '-qD', place.branch);
    });
    expect(told(violations)).toContainEqual(['ref', 'refs/heads/feature/a-1']);
    expect(await head(world.root, 'feature/a-1')).toBeTruthy();
    expect(await git(world.root, 'for-each-ref', '--contains', earlier['refs/heads/feature/a-1'] ?? '')).toContain(
      'refs/coxswain/',
    );
  });

  it('work on another branch: it is put away, and the worktree is free of it', async () => {
    const { world, place, violations } = await attempt(async ({ root }) => {
      await git(root, 'switch', '-qc', 'elsewhere');
      await commitFile(root, 'src/b.txt', 'elsewhere');
    });
    expect(told(violations)).toEqual([['ref', 'refs/heads/elsewhere']]);
    expect(await git(world.root, 'show', 'refs/coxswain/moved/A-1/1:src/b.txt')).toBe('elsewhere');
    expect(await prepared(world, { fence: 2 })).toMatchObject({ root: place.root });
  });

  it("pushes its work to the base: named, and not taken back behind a person's back", async () => {
    const { violations } = await attempt((place) => git(place.root, 'push', '-q', 'origin', 'HEAD:main'));
    expect(violations).toMatchObject([
      { what: 'ref', path: 'refs/remotes/origin/main', text: expect.stringMatching(/pushed.*person has to look/s) },
    ]);
  });

  it('forces the remote back: named', async () => {
    const { violations } = await attempt(
      (place) => git(place.root, 'push', '-qf', 'origin', 'main~1:main'),
      async (world) => {
        await commitFile(world.root, 'src/b.txt', 'x');
        await git(world.root, 'push', '-q', 'origin', 'main');
      },
    );
    expect(violations).toMatchObject([
      { what: 'ref', path: 'refs/remotes/origin/main', text: expect.stringMatching(/pushed back/) },
    ]);
  });

  it('a ref of ours is put back, too', async () => {
    const world = await makeWorld();
    await begun(world);
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    const place = await begun(world, { fence: 2 });
    await git(place.root, 'update-ref', '-d', 'refs/coxswain/archive/A-1/1');
    const { violations } = await world.workspaces.inspect({ task: 'A-1', fence: 2, claimed: null });
    expect(told(violations)).toEqual([['ref', 'refs/coxswain/archive/A-1/1']]);
    expect(Object.keys(await refs(world.root))).toContain('refs/coxswain/archive/A-1/1');
  });
});

describe('what is not held against it', () => {
  const innocent: readonly (readonly [string, Act])[] = [
    ['nothing', async () => undefined],
    ['a commit of a person on the base', (_, world) => commitFile(world.root, 'src/b.txt', 'person')],
    [
      'a person who makes a branch and works on it',
      async (_, world) => {
        await git(world.root, 'switch', '-qc', 'persons');
        await commitFile(world.root, 'src/b.txt', 'person');
        await git(world.root, 'switch', '-q', 'main');
      },
    ],
    [
      'a ledger commit of ours, pushed',
      async (_, world) => {
        await write(world.root, LEDGER, `${TABLE}| A-9 | x |\n`);
        expect(await world.sync.commit([LEDGER], 'chore: A-9')).toBeNull();
        expect(await world.sync.push()).toBeNull();
      },
    ],
    [
      'a fetch with new branches and tags',
      async (_, world) => {
        await git(world.folder, 'clone', '-q', world.remote, 'other');
        const other = path.join(world.folder, 'other');
        await git(other, 'switch', '-qc', 'new');
        await commitFile(other, 'x.txt', 'x');
        await git(other, 'tag', 'v2');
        await git(other, 'push', '-q', 'origin', 'new', 'v2');
        await git(world.root, 'fetch', '-q', '--tags');
      },
    ],
    [
      'a pull of ours that moves our commits',
      async (_, world) => {
        await git(world.folder, 'clone', '-q', world.remote, 'other');
        const other = path.join(world.folder, 'other');
        await commitFile(other, 'x.txt', 'x');
        await git(other, 'push', '-q', 'origin', 'main');
        await write(world.root, LEDGER, `${TABLE}| A-9 | x |\n`);
        await world.sync.commit([LEDGER], 'chore: A-9');
        expect(await world.sync.push()).toBeNull();
      },
    ],
    ['its own branch pushed', (place) => git(place.root, 'push', '-q', '-u', 'origin', place.branch)],
    [
      'another task that begins, works and ends',
      async (_, world) => {
        const second = await begun(world, { task: 'A-2', branch: 'feature/a-2' });
        const commit = await commitFile(second.root, 'src/b.txt', 'second');
        expect((await world.workspaces.inspect({ task: 'A-2', fence: 1, claimed: commit })).violations).toEqual([]);
        expect(await world.workspaces.push({ task: 'A-2', repo: null, branch: second.branch, commit })).toBeNull();
        const gate = await world.workspaces.gatePlace({ repo: null, commit });
        await gate.release();
        await world.workspaces.cleanup({ task: 'A-2', fence: 1, keep: false, isDone: false });
      },
    ],
    [
      'another task that is in the middle of its work',
      async (_, world) => {
        const second = await begun(world, { task: 'A-2', branch: 'feature/a-2' });
        await commitFile(second.root, 'src/b.txt', 'second');
        await write(second.root, 'src/a.txt', 'dirty');
      },
    ],
    [
      'a retry of another task on a branch that was there',
      async (_, world) => {
        const second = await begun(world, { task: 'A-2', branch: 'other' });
        await commitFile(second.root, 'src/b.txt', 'second');
        await world.workspaces.inspect({ task: 'A-2', fence: 1, claimed: null });
        await world.workspaces.cleanup({ task: 'A-2', fence: 1, keep: true, isDone: false });
      },
    ],
  ];
  it('an attempt that merged the branch of another one, which is then pushed', async () => {
    const world = await makeWorld();
    const first = await begun(world);
    const second = await begun(world, { task: 'A-2', branch: 'feature/a-2' });
    const commit = await commitFile(second.root, 'src/b.txt', 'second');
    await git(first.root, 'merge', '-q', '--no-ff', '--no-edit', 'feature/a-2');
    await world.workspaces.inspect({ task: 'A-2', fence: 1, claimed: commit });
    expect(await world.workspaces.push({ task: 'A-2', repo: null, branch: second.branch, commit })).toBeNull();
    expect((await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null })).violations).toEqual([]);
  });

  it('a merge of ours in the worktree of another task, when we died before saying so', async () => {
    const world = await makeWorld();
    const second = await prepared(world, { task: 'A-2', branch: 'feature/a-2' });
    await begun(world);
    await commitFile(world.root, 'src/b.txt', 'base');
    await execa('git', ['merge', '-q', '--ff-only', 'main'], {
      cwd: second.root,
      env: { GIT_REFLOG_ACTION: 'coxswain: merge' },
    });
    expect((await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null })).violations).toEqual([]);
    expect(await head(second.root)).toBe(await head(world.root));
  });

  for (const [name, act] of innocent) {
    it(name, async () => {
      const { world, violations, warnings } = await attempt(act);
      expect(violations).toEqual([]);
      expect(warnings).toEqual([]);
      expect(await head(world.root)).toBe(await head(world.root, 'main'));
    });
  }

  it('a stash: a person is told, and it is kept', async () => {
    const { world, violations, warnings } = await attempt(async ({ root }) => {
      await write(root, 'src/b.txt', 'stashed');
      await git(root, 'stash', '-q');
    });
    expect([violations, warnings]).toEqual([
      [],
      [expect.stringMatching(/left a stash .*refs\/coxswain\/moved\/A-1\/1/)],
    ]);
    expect(await git(world.root, 'show', 'refs/coxswain/moved/A-1/1:src/b.txt')).toBe('stashed');
  });

  it("a person's stash that is dropped meanwhile is kept all the same", async () => {
    let stash = '';
    const { world, violations } = await attempt(
      (place) => git(place.root, 'stash', 'drop', '-q'),
      async ({ root }) => {
        await write(root, 'src/b.txt', 'stashed');
        await git(root, 'stash', '-q');
        stash = await head(root, 'refs/stash');
      },
    );
    expect(violations).toEqual([]);
    expect(await git(world.root, 'for-each-ref', '--points-at', stash)).toContain('refs/coxswain/moved');
  });
});

describe('settings, hooks, worktrees (O4)', () => {
  it('names a changed setting and hook, once', async () => {
    const { world, violations } = await attempt(async (place) => {
      await git(place.root, 'config', 'user.email', 'agent@example.test');
      await hook(path.join(place.root, '../../../.git'), 'pre-push', 'exit 0');
    });
    expect(violations.map((each) => each.text).join('\n')).toMatch(
      /user\.email was added[\s\S]*hooks\/pre-push was added/,
    );
    expect(told(violations)).toEqual([
      ['config', '.git/config'],
      ['config', '.git/hooks/pre-push'],
    ]);
    await begun(world, { fence: 2 });
    expect((await world.workspaces.inspect({ task: 'A-1', fence: 2, claimed: null })).violations).toEqual([]);
  });

  it('of two attempts that ran, only the first to end is told', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await begun(world, { task: 'A-2', branch: 'feature/a-2' });
    await git(place.root, 'config', 'core.hooksPath', '/nowhere');
    expect((await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null })).violations).toHaveLength(1);
    expect((await world.workspaces.inspect({ task: 'A-2', fence: 1, claimed: null })).violations).toEqual([]);
  });

  it('names a worktree of a person that is gone, and a broken .git file', async () => {
    const { violations, place } = await attempt(
      async ({ root }, world) => {
        await git(world.root, 'worktree', 'remove', path.join(world.folder, 'persons'));
        await rm(path.join(root, '.git'));
      },
      (world) => git(world.root, 'worktree', 'add', '-q', '-b', 'persons', path.join(world.folder, 'persons')),
    );
    expect(violations.map((each) => each.path).filter((each) => each.includes('persons'))).toHaveLength(1);
    expect(existsSync(path.join(place.root, '.git'))).toBe(true);
  });
});

describe('writes outside the worktree (O3)', () => {
  it('a new file in a main checkout where nobody was at work', async () => {
    const { violations, world } = await attempt((_, { root }) => write(root, 'src/leaked.txt', 'leak'));
    expect(violations).toMatchObject([
      { what: 'leak', path: 'src/leaked.txt', text: expect.stringMatching(/if not, leave it/) },
    ]);
    expect(await read(world.root, 'src/leaked.txt')).toBe('leak');
  });

  it('an edit of a tracked file, and a deletion', async () => {
    const { violations } = await attempt(async (_, { root }) => {
      await write(root, 'src/b.txt', 'leak');
      await rm(path.join(root, 'src/a.txt'));
    });
    expect(told(violations)).toEqual([
      ['leak', 'src/a.txt'],
      ['leak', 'src/b.txt'],
    ]);
  });

  it('the same path as in the worktree, although a person is at work there', async () => {
    const { violations, warnings } = await attempt(
      (_, { root }) => write(root, 'src/a.txt', 'work'),
      ({ root }) => write(root, 'mine.txt', 'mine'),
    );
    expect(told(violations)).toEqual([['leak', 'src/a.txt']]);
    expect(warnings).toEqual([]);
  });

  it('a file that its own output names', async () => {
    const { violations } = await attempt(
      async (_, world) => {
        await write(world.root, 'notes.txt', 'leak');
        await write(world.root, '.coxswain/attempts/A-1/1/output.log', `Write(${path.join(world.root, 'notes.txt')})`);
      },
      ({ root }) => write(root, 'mine.txt', 'mine'),
    );
    expect(told(violations)).toEqual([['leak', 'notes.txt']]);
  });

  it('a person who is at work is only warned about', async () => {
    const { violations, warnings } = await attempt(
      async (_, { root }) => {
        await write(root, 'mine.txt', 'more of mine');
        await write(root, 'mine-too.txt', 'new');
        await git(root, 'checkout', '-q', 'src/b.txt');
      },
      async ({ root }) => {
        await write(root, 'mine.txt', 'mine');
        await write(root, 'src/b.txt', 'mine');
      },
    );
    expect(violations).toEqual([]);
    expect(warnings?.join('\n')).toMatch(
      /mine-too\.txt changed[\s\S]*mine\.txt changed[\s\S]*src\/b\.txt had uncommitted changes/,
    );
  });

  it('a person who came after the attempt began is only warned about, a ledger commit of ours is no person', async () => {
    const ledger = async (world: World) => {
      await write(world.root, LEDGER, `${TABLE}x\n`);
      expect(await world.sync.commit([LEDGER], 'chore: x')).toBeNull();
    };
    const ours = await attempt(async (_, world) => {
      await ledger(world);
      await write(world.root, 'src/b.txt', 'leak');
    });
    expect(told(ours.violations)).toEqual([['leak', 'src/b.txt']]);
    const persons = await attempt(async (_, world) => {
      await commitFile(world.root, 'mine.txt', 'mine');
      await write(world.root, 'src/b.txt', 'mine');
    });
    expect(persons.violations).toEqual([]);
    expect(persons.warnings).toHaveLength(1);
  });

  it('with two attempts at work nobody is blamed without a trace', async () => {
    const world = await makeWorld();
    await begun(world);
    const second = await begun(world, { task: 'A-2', branch: 'feature/a-2' });
    await commitFile(second.root, 'src/b.txt', 'second');
    await write(world.root, 'src/b.txt', 'second');
    await write(world.root, 'whose.txt', 'x');
    const first = await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    expect(first.violations).toEqual([]);
    expect(first.warnings?.join('\n')).toMatch(/whose\.txt changed while A-1, A-2 ran/);
    const other = await world.workspaces.inspect({ task: 'A-2', fence: 1, claimed: null });
    expect(told(other.violations)).toEqual([['leak', 'src/b.txt']]);
  });

  it('into another worktree of a person', async () => {
    const { violations } = await attempt(
      (_, { folder }) => write(folder, 'persons/leaked.txt', 'x'),
      (world) => git(world.root, 'worktree', 'add', '-q', '-b', 'persons', path.join(world.folder, 'persons')),
    );
    expect(told(violations)).toEqual([['leak', 'leaked.txt']]);
  });

  it('the ledger and our own folder are never leaks', async () => {
    const { violations, warnings } = await attempt(async (_, { root }) => {
      await write(root, LEDGER, 'a person edits the table');
      await write(root, '.coxswain/x', 'x');
      await writeFile(path.join(root, 'x.log'), 'ignored');
    });
    expect([violations, warnings]).toEqual([[], []]);
  });
});

describe('after a crash of ours', () => {
  it('the guard of the attempt is not taken anew', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await git(place.root, 'update-ref', 'refs/heads/mine', 'HEAD');
    const later = openWorld(world.folder);
    await later.workspaces.guard({ task: 'A-1', fence: 1 });
    expect(told((await later.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null })).violations)).toEqual([
      ['ref', 'refs/heads/mine'],
    ]);
  });

  it('a commit of ours made before the crash is known by its log', async () => {
    const world = await makeWorld();
    await begun(world);
    await write(world.root, LEDGER, `${TABLE}x\n`);
    await world.sync.commit([LEDGER], 'chore: x');
    const tip = await head(world.root);
    const { violations } = await openWorld(world.folder).workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    expect(violations).toEqual([]);
    expect(await head(world.root)).toBe(tip);
  });
});
