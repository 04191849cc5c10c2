import { chmod, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Place } from '../../src/port/workspace.ts';
import { begun, commitAll, commitFile, git, head, LEDGER, makeWorld, TABLE, type World, write } from './world.ts';

type Trick = (place: Place, world: World) => Promise<unknown>;

/** Brings the hidden ledger into the worktree, as an agent that wants it does. */
async function reveal(place: Place): Promise<void> {
  await git(place.root, 'sparse-checkout', 'disable');
}

async function inspected(trick: Trick, change: Parameters<typeof makeWorld>[0] = {}) {
  const world = await makeWorld(change);
  const place = await begun(world);
  await commitFile(place.root, 'src/a.txt', 'work');
  await trick(place, world);
  return world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
}

describe('a commit that touches the ledger is refused, however it was done', () => {
  const tricks: readonly (readonly [string, RegExp, Trick])[] = [
    [
      'edited',
      /edited by commit/,
      async (place) => {
        await reveal(place);
        await commitFile(place.root, LEDGER, 'mine');
      },
    ],
    [
      're-created past the sparse checkout',
      /edited by commit/,
      async (place) => {
        await write(place.root, LEDGER, 'mine');
        await git(place.root, 'add', '--sparse', LEDGER);
        await git(place.root, 'commit', '-qm', 'x');
      },
    ],
    [
      'edited and taken back later',
      /edited by commit/,
      async (place) => {
        await reveal(place);
        await commitFile(place.root, LEDGER, 'mine');
        await commitFile(place.root, LEDGER, TABLE);
      },
    ],
    [
      'deleted',
      /deleted by commit/,
      async (place) => {
        await reveal(place);
        await git(place.root, 'rm', '-q', LEDGER);
        await git(place.root, 'commit', '-qm', 'x');
      },
    ],
    [
      'renamed',
      /renamed to docs\/new\.md by commit/,
      async (place) => {
        await reveal(place);
        await git(place.root, 'mv', LEDGER, 'docs/new.md');
        await git(place.root, 'commit', '-qm', 'x');
      },
    ],
    [
      'made executable',
      /given mode 755 by commit/,
      async (place) => {
        await reveal(place);
        await chmod(path.join(place.root, LEDGER), 0o755);
        await commitAll(place.root, 'x');
      },
    ],
    [
      'replaced by a link',
      /replaced by a link by commit/,
      async (place) => {
        await reveal(place);
        await rm(path.join(place.root, LEDGER));
        await symlink('../src/a.txt', path.join(place.root, LEDGER));
        await commitAll(place.root, 'x');
      },
    ],
    [
      'replaced by a submodule',
      /submodule by commit/,
      async (place) => {
        await git(place.root, 'update-index', '--add', '--cacheinfo', `160000,${await head(place.root)},${LEDGER}`);
        await git(place.root, 'commit', '-qm', 'x');
      },
    ],
    [
      'its folder replaced by a link',
      /deleted by commit/,
      async (place) => {
        await reveal(place);
        await rm(path.join(place.root, 'docs'), { recursive: true });
        await symlink('src', path.join(place.root, 'docs'));
        await commitAll(place.root, 'x');
      },
    ],
    [
      'with plumbing alone',
      /edited by commit/,
      async (place) => {
        const blob = await git(place.root, 'hash-object', '-w', 'src/a.txt');
        await git(place.root, 'update-index', '--cacheinfo', `100644,${blob},${LEDGER}`);
        await git(place.root, 'commit', '-qm', 'x');
      },
    ],
    [
      'in a side branch that was merged and deleted',
      /edited by commit/,
      async (place) => {
        await git(place.root, 'switch', '-qc', 'side');
        await reveal(place);
        await commitFile(place.root, LEDGER, 'mine');
        await git(place.root, 'switch', '-q', place.branch);
        await git(place.root, 'merge', '-q', '--no-ff', '-m', 'm', 'side');
        await git(place.root, 'branch', '-qD', 'side');
      },
    ],
  ];
  for (const [name, text, trick] of tricks) {
    it(name, async () => {
      const { work, violations } = await inspected(trick);
      const owned = violations.filter(({ what }) => what === 'owned-file');
      expect(owned).not.toEqual([]);
      expect(new Set(owned.map((each) => each.path))).toEqual(new Set([LEDGER]));
      expect(owned.map((each) => each.text).join('\n')).toMatch(text);
      expect(work.isChanged).toBe(true);
    });
  }
});

describe('merges of the base', () => {
  /** The base gets a newer ledger while the attempt runs, which the worker merges in. */
  const baseMoves: Trick = (_, world) => commitFile(world.root, LEDGER, `${TABLE}| A-3 | not-started |\n`);

  it("what came from the base is nobody's doing", async () => {
    const { work, violations } = await inspected(async (place, world) => {
      await baseMoves(place, world);
      await git(place.root, 'merge', '-q', '--no-edit', 'main');
    });
    expect(violations).toEqual([]);
    expect(work.isChanged).toBe(true);
  });

  it('a rebase onto the new base is no rewritten history', async () => {
    const { work, violations } = await inspected(async (place, world) => {
      await baseMoves(place, world);
      await git(place.root, 'rebase', '-q', 'main');
    });
    expect(violations).toEqual([]);
    expect(work.isChanged).toBe(true);
  });

  it('nothing but the base merged in is no work', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    await baseMoves(place, world);
    await git(place.root, 'merge', '-q', '--no-ff', '--no-edit', 'main');
    const { work, violations } = await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    expect([work.isChanged, violations]).toEqual([false, []]);
  });

  it('an edit hidden in the merge commit is found', async () => {
    const { violations } = await inspected(async (place, world) => {
      await baseMoves(place, world);
      await git(place.root, 'merge', '-q', '--no-commit', '--no-ff', 'main');
      await write(place.root, LEDGER, 'mine');
      await git(place.root, 'add', '--sparse', LEDGER);
      await git(place.root, 'commit', '-qm', 'merge');
    });
    expect(violations).toMatchObject([{ what: 'owned-file', path: LEDGER }]);
  });

  it("a merge that keeps the old ledger instead of the base's is found", async () => {
    const { violations } = await inspected(async (place, world) => {
      await baseMoves(place, world);
      await git(place.root, 'merge', '-q', '-s', 'ours', '--no-edit', 'main');
    });
    expect(violations).toMatchObject([{ what: 'owned-file', path: LEDGER }]);
  });

  it("a conflict in the worker's own files may be resolved", async () => {
    const { violations } = await inspected(async (place, world) => {
      await commitFile(world.root, 'src/a.txt', 'base');
      await git(place.root, 'merge', '-q', 'main').catch(() => undefined);
      await commitFile(place.root, 'src/a.txt', 'resolved');
    });
    expect(violations).toEqual([]);
  });

  it("a resolution outside the allowed files is found, one that takes the base's is fine", async () => {
    const own = { own: { orchestrator: ['{ledger}'], worker: ['src/a.txt'] } };
    const conflict: (text: string) => Trick = (text) => async (place, world) => {
      await commitFile(world.root, 'src/b.txt', 'base');
      await git(place.root, 'merge', '-q', '--no-commit', '--no-ff', 'main');
      await write(place.root, 'src/b.txt', text);
      await commitAll(place.root, 'merge');
    };
    expect((await inspected(conflict('mine'), own)).violations).toMatchObject([
      { what: 'outside-globs', path: 'src/b.txt' },
    ]);
    expect((await inspected(conflict('base'), own)).violations).toEqual([]);
  });
});

describe('globs', () => {
  it('a worker is held to its own, with the task in the pattern', async () => {
    const own = {
      orchestrator: ['{ledger}', 'status.md'],
      worker: ['src/**', 'rules/{task}.yaml', 'outputs/{output}'],
    };
    const { violations } = await inspected(
      async (place) => {
        await write(place.root, 'rules/A-1.yaml', 'x');
        await write(place.root, 'rules/A-2.yaml', 'x');
        await write(place.root, 'outputs/7.md', 'x');
        await write(place.root, 'status.md', 'x');
        await write(place.root, '.hidden', 'x');
        await write(place.root, 'src/.dot/ä b.txt', 'x');
        await commitAll(place.root, 'x');
      },
      { own, placeholders: () => ({ output: ['7.md'] }) },
    );
    expect(violations.map((each) => [each.what, each.path]).sort()).toEqual([
      ['outside-globs', '.hidden'],
      ['outside-globs', 'rules/A-2.yaml'],
      ['owned-file', 'status.md'],
    ]);
  });

  it('special characters of a task id mean nothing', async () => {
    const { violations } = await inspected((place) => commitFile(place.root, 'x/A-1', 'x'), {
      own: { orchestrator: [], worker: ['src/**', 'x/{task}'] },
    });
    expect(violations).toEqual([]);
  });

  it('our own files are refused whatever the playbook says', async () => {
    const { violations } = await inspected(
      async (place) => {
        await commitFile(place.root, 'coxswain.yaml', 'gates: []');
        await write(place.root, '.coxswain/x', 'x');
        await git(place.root, 'add', '--force', '.coxswain/x');
        await git(place.root, 'commit', '-qm', 'x');
      },
      { own: { orchestrator: [], worker: ['**'] } },
    );
    expect(violations.map((each) => each.path).sort()).toEqual(['.coxswain/x', 'coxswain.yaml']);
  });

  it('tells a bounded number', async () => {
    const { violations } = await inspected(
      async (place) => {
        for (let nth = 0; nth < 120; nth++) await write(place.root, `x/${nth}`, 'x');
        await commitAll(place.root, 'x');
      },
      { own: { orchestrator: [], worker: ['src/**'] } },
    );
    expect(violations).toHaveLength(50);
    expect(violations.at(-1)?.text).toMatch(/70 more/);
  });
});

describe('history and claims', () => {
  it('a rewritten start is a violation, and the old tip is kept', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const old = await head(place.root);
    await write(place.root, 'src/b.txt', 'more');
    await git(place.root, 'add', '--all');
    await git(place.root, 'commit', '-q', '--amend', '-m', 'amended');
    const { work, violations } = await world.workspaces.inspect({
      task: 'A-1',
      fence: 1,
      claimed: await head(place.root),
    });
    expect(work).toMatchObject({ start: old, isChanged: false });
    expect(violations).toContainEqual(
      expect.objectContaining({ path: 'refs/heads/feature/a-1', text: expect.stringMatching(/rewritten/) }),
    );
    expect(await git(world.root, 'for-each-ref', '--contains', old)).toContain('refs/coxswain/');
  });

  const touchesTable: readonly (readonly [string, (place: Place) => Promise<unknown>])[] = [
    [
      'writes the table past the sparse checkout',
      async ({ root }) => {
        await write(root, LEDGER, 'mine');
        await git(root, 'add', '--sparse', LEDGER);
      },
    ],
    ['deletes the table', ({ root }) => git(root, 'rm', '-q', '--sparse', '--cached', LEDGER)],
  ];
  for (const [name, trick] of touchesTable) {
    it(`O2: an attempt ${name}: the next one starts without it, and the work is kept`, async () => {
      const world = await makeWorld();
      const first = await begun(world);
      const start = await head(first.root);
      await trick(first);
      await git(first.root, 'commit', '-q', '-m', 'touches the table');
      const bad = await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
      expect(bad.violations).toMatchObject([{ what: 'owned-file', path: LEDGER }]);

      const tip = await head(first.root);

      const second = await begun(world, { fence: 2 });
      expect(await head(second.root)).toBe(start);
      expect(await git(world.root, 'for-each-ref', '--contains', tip)).toContain('refs/coxswain/archive/A-1/1');
      expect(bad.violations[0]?.text).toContain('refs/coxswain/archive/A-1/1');
      const clean = await commitFile(second.root, 'src/a.txt', 'clean');
      const good = await world.workspaces.inspect({ task: 'A-1', fence: 2, claimed: clean });
      expect(good).toMatchObject({ violations: [], work: { start, head: clean, isChanged: true, claimProblem: null } });
    });
  }

  it('O2, E7: a task given up with such a commit leaves its branch without it, and the work in the archive', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const start = await head(place.root);
    await write(place.root, LEDGER, 'mine');
    await git(place.root, 'add', '--sparse', LEDGER);
    await git(place.root, 'commit', '-q', '-m', 'touches the table');
    const tip = await head(place.root);
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    await world.workspaces.cleanup({ task: 'A-1', fence: 1, keep: false, isDone: false });
    expect(await git(world.root, 'rev-parse', 'refs/heads/feature/a-1')).toBe(start);
    expect(await git(world.root, 'for-each-ref', '--contains', tip)).toContain('refs/coxswain/archive/A-1/1');
  });

  it('commits that were reset or amended away are kept', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const lost = await commitFile(place.root, 'src/a.txt', 'one');
    await git(place.root, 'reset', '-q', '--hard', 'HEAD^');
    const amended = await commitFile(place.root, 'src/a.txt', 'two');
    await git(place.root, 'commit', '-q', '--amend', '-m', 'again');
    await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed: null });
    for (const commit of [lost, amended]) {
      expect(await git(world.root, 'for-each-ref', '--contains', commit)).toContain('refs/coxswain/archive/A-1/1.left');
    }
  });

  it('says what is wrong with a claimed commit', async () => {
    const world = await makeWorld();
    const place = await begun(world);
    const work = await commitFile(place.root, 'src/a.txt', 'work');
    await git(place.root, 'commit', '-q', '--allow-empty', '-m', 'empty');
    const empty = await head(place.root);
    await git(world.root, 'switch', '-qc', 'other');
    const other = await commitFile(world.root, 'src/b.txt', 'other');
    await git(world.root, 'switch', '-q', 'main');
    const base = await commitFile(world.root, 'src/c.txt', 'base');
    await git(place.root, 'merge', '-q', '--no-edit', 'main');
    const problem = async (claimed: string) =>
      (await world.workspaces.inspect({ task: 'A-1', fence: 1, claimed })).work.claimProblem;
    expect(await problem(work)).toBeNull();
    expect(await problem(work.slice(0, 7))).toBeNull();
    expect(await problem(work.toUpperCase())).toBeNull();
    expect(await problem(empty)).toMatch(/changes nothing/);
    expect(await problem(place.start)).toMatch(/older than the attempt/);
    expect(await problem(other)).toMatch(/not on feature\/a-1/);
    expect(await problem(base)).toMatch(/came from elsewhere/);
    expect(await problem('0'.repeat(40))).toMatch(/does not exist/);
    for (const odd of ['main', 'HEAD', '--all', 'abc', `${work}^{tree}`, ''])
      expect(await problem(odd)).toMatch(/not the id of a commit/);
  });
});
