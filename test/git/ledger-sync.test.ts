import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedgerSync } from '../../src/git/ledger-sync.ts';
import { openRepository } from '../../src/git/repository.ts';
import {
  commitFile,
  git,
  head,
  hook,
  LEDGER,
  makeWorld,
  openWorld,
  read,
  scratch,
  TABLE,
  type World,
  write,
} from './world.ts';

const DONE = TABLE.replace('A-1 | not-started', 'A-1 | done');

async function ledgerChanged(world: World, text = DONE): Promise<void> {
  await write(world.root, LEDGER, text);
}

/** Another person's clone of the same remote. */
async function clone(world: World, name = 'other'): Promise<string> {
  const other = path.join(world.folder, name);
  await git(world.folder, 'clone', '--quiet', world.remote, other);
  return other;
}

async function pushed(root: string, name: string, text: string): Promise<string> {
  const sha = await commitFile(root, name, text);
  await git(root, 'push', '--quiet', 'origin', 'main');
  return sha;
}

const status = (root: string) => git(root, 'status', '--porcelain');

describe('check: a project that cannot be worked on gets a sentence', () => {
  it('passes a project on its base branch, dirty or not', async () => {
    const world = await makeWorld();
    await write(world.root, 'src/a.txt', 'dirty');
    expect(await world.sync.check()).toBeNull();
  });

  it('passes a ledger that git does not know yet', async () => {
    const world = await makeWorld();
    await git(world.root, 'rm', '--quiet', '--cached', LEDGER);
    await git(world.root, 'commit', '--quiet', '-m', 'Forget the ledger');
    expect(await world.sync.check()).toBeNull();
    expect(await world.sync.commit([LEDGER], 'chore: A-1')).toBeNull();
    expect(await git(world.root, 'show', '--name-only', '--format=%s')).toBe(`chore: A-1\n\n${LEDGER}`);
  });

  const refused: readonly (readonly [string, string, RegExp, (world: World) => Promise<unknown>])[] = [
    ['no repository', 'no-repository', /not a git repository.*git init/s, (world) => git(world.folder, 'init', '-q')],
    [
      'a detached HEAD',
      'detached',
      /no branch.*git switch main/s,
      (world) => git(world.root, 'switch', '-q', '--detach'),
    ],
    [
      'another branch than the base',
      'other-branch',
      /branch side.*kept on main/s,
      (world) => git(world.root, 'switch', '-qc', 'side'),
    ],
    [
      'a merge under way',
      'operation-under-way',
      /merge is under way.*--abort/s,
      (world) => write(world.root, '.git/MERGE_HEAD', 'x'),
    ],
    [
      'a rebase under way',
      'operation-under-way',
      /rebase is under way/,
      (world) => write(world.root, '.git/rebase-merge/x', 'x'),
    ],
    [
      'a bisect under way',
      'operation-under-way',
      /bisect is under way.*git bisect reset/s,
      (world) => write(world.root, '.git/BISECT_LOG', 'x'),
    ],
  ];
  for (const [name, code, text, spoil] of refused) {
    it(`refuses ${name}`, async () => {
      const world = await makeWorld();
      await spoil(world);
      const root = code === 'no-repository' ? await scratch() : world.root;
      const sync = openLedgerSync({ projectRoot: root, git: world.options.git, ledgerFiles: [LEDGER] });
      const failure = await sync.check();
      expect(failure?.code).toBe(code);
      expect(failure?.class).toBe('config');
      expect(failure?.text).toMatch(text);
      // A commit asks the same question again: a person may have switched since.
      expect((await sync.commit([LEDGER], 'x'))?.code).toBe(code);
    });
  }

  it('refuses a repository without a commit, and a bare one', async () => {
    const folder = await scratch();
    const options = { git: { remote: null, base: 'main', push: false }, ledgerFiles: [LEDGER] };
    await git(folder, 'init', '--quiet', '--initial-branch=main', 'empty');
    await git(folder, 'init', '--quiet', '--bare', 'bare.git');
    const empty = openLedgerSync({ ...options, projectRoot: path.join(folder, 'empty') });
    const bare = openLedgerSync({ ...options, projectRoot: path.join(folder, 'bare.git') });
    expect(await empty.check()).toMatchObject({ code: 'no-commits', text: expect.stringMatching(/no commit yet/) });
    expect(await bare.check()).toMatchObject({ code: 'bare', text: expect.stringMatching(/bare repository/) });
  });
});

describe('commit: exactly these files, and nothing of the person', () => {
  it('makes one commit of the ledger, and none when nothing changed', async () => {
    const world = await makeWorld();
    const before = await head(world.root);
    expect(await world.sync.commit([LEDGER], 'chore(tasks): A-1 done')).toBeNull();
    expect(await head(world.root)).toBe(before);
    await ledgerChanged(world);
    expect(await world.sync.commit([LEDGER], 'chore(tasks): A-1 done')).toBeNull();
    expect(await world.sync.commit([LEDGER], 'chore(tasks): A-1 done')).toBeNull();
    expect(await git(world.root, 'log', '--format=%s', `${before}..`)).toBe('chore(tasks): A-1 done');
    expect(await git(world.root, 'show', `HEAD:${LEDGER}`)).toBe(DONE.trimEnd());
  });

  it('leaves everything staged, half-staged, deleted and announced as it was', async () => {
    const world = await makeWorld();
    await write(world.root, 'new.txt', 'new');
    await git(world.root, 'add', 'new.txt');
    await write(world.root, 'src/a.txt', 'staged');
    await git(world.root, 'add', 'src/a.txt');
    await write(world.root, 'src/a.txt', 'staged and edited');
    await git(world.root, 'rm', '--quiet', 'src/b.txt');
    await write(world.root, 'announced.txt', 'x');
    await git(world.root, 'add', '--intent-to-add', 'announced.txt');
    await write(world.root, 'untracked.txt', 'x');
    const before = await status(world.root);
    const index = await git(world.root, 'ls-files', '--stage');
    await ledgerChanged(world);
    expect(await world.sync.commit([LEDGER], 'chore: A-1')).toBeNull();
    expect(await git(world.root, 'show', '--name-only', '--format=')).toBe(LEDGER);
    expect(await status(world.root)).toBe(before);
    const without = (text: string) => text.split('\n').filter((line) => !line.endsWith(LEDGER));
    expect(without(await git(world.root, 'ls-files', '--stage'))).toEqual(without(index));
    expect(await read(world.root, 'src/a.txt')).toBe('staged and edited');
  });

  it('takes a ledger as it is on the disk, also when a person staged an older edit of it', async () => {
    const world = await makeWorld();
    await ledgerChanged(world, `${TABLE}\nA person's note\n`);
    await git(world.root, 'add', LEDGER);
    await ledgerChanged(world, `${DONE}\nA person's note\n`);
    expect(await world.sync.commit([LEDGER], 'chore: A-1')).toBeNull();
    expect(await git(world.root, 'show', `HEAD:${LEDGER}`)).toBe(`${DONE}\nA person's note`);
    expect(await status(world.root)).toBe('');
  });

  it('commits the removal of one file and the other file in one commit', async () => {
    const world = await makeWorld();
    await commitFile(world.root, 'docs/old.md', 'x');
    await git(world.root, 'rm', '--quiet', '--cached', 'docs/old.md');
    await ledgerChanged(world);
    await rm(path.join(world.root, 'docs/old.md'));
    expect(await world.sync.commit([LEDGER, 'docs/old.md'], 'chore: move')).toBeNull();
    expect(await git(world.root, 'show', '--name-status', '--format=')).toBe(`D\tdocs/old.md\nM\t${LEDGER}`);
  });

  it('takes paths as they are spelled: no pattern, no option', async () => {
    const world = await makeWorld();
    await commitFile(world.root, 'docs/*.md', 'x');
    await write(world.root, 'docs/*.md', 'y');
    await ledgerChanged(world);
    expect(await world.sync.commit(['docs/*.md'], '--amend')).toBeNull();
    expect(await git(world.root, 'show', '--name-only', '--format=%s')).toBe('--amend\n\ndocs/*.md');
  });

  it('works where the project is a folder of its repository', async () => {
    const world = await makeWorld();
    await commitFile(world.root, 'sub/docs/tasks.md', TABLE);
    await write(world.root, 'sub/docs/tasks.md', DONE);
    const sync = openLedgerSync({ ...world.options, projectRoot: path.join(world.root, 'sub') });
    expect(await sync.commit([LEDGER], 'chore: A-1')).toBeNull();
    expect(await git(world.root, 'show', '--name-only', '--format=')).toBe('sub/docs/tasks.md');
  });

  it('runs the hooks of the repository, and says what a refusing one said', async () => {
    const world = await makeWorld();
    await hook(
      path.join(world.root, '.git'),
      'commit-msg',
      'grep -q "^chore" "$1" || { echo "no such prefix" >&2; exit 1; }',
    );
    await ledgerChanged(world);
    const failure = await world.sync.commit([LEDGER], 'A-1');
    expect(failure).toMatchObject({ code: 'ledger-commit-refused', text: expect.stringMatching(/no such prefix/) });
    expect(await read(world.root, LEDGER)).toBe(DONE);
    expect(await world.sync.commit([LEDGER], 'chore: A-1')).toBeNull();
  });

  it('says so when the ledger is ignored', async () => {
    const world = await makeWorld();
    await write(world.root, 'node_modules/tasks.md', TABLE);
    expect(await world.sync.commit(['node_modules/tasks.md'], 'x')).toMatchObject({ code: 'ledger-ignored' });
  });

  it('signs as Coxswain where git knows no identity', async () => {
    const world = await makeWorld();
    await git(world.root, 'config', 'user.useConfigOnly', 'true');
    const saved = { ...process.env };
    for (const name of ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'])
      delete process.env[name];
    onTestFinished(() => void Object.assign(process.env, saved));
    await ledgerChanged(world);
    expect(await world.sync.commit([LEDGER], 'chore: A-1')).toBeNull();
    expect(await git(world.root, 'log', '-1', '--format=%an <%ae> %cn')).toBe('Coxswain <coxswain@localhost> Coxswain');
  });

  it('waits for a lock that another git holds for a moment', async () => {
    const world = await makeWorld();
    await ledgerChanged(world);
    const lock = path.join(world.root, '.git/index.lock');
    await writeFile(lock, '');
    setTimeout(() => void rm(lock), 150);
    expect(await world.sync.commit([LEDGER], 'chore: A-1')).toBeNull();
  });
});

describe('pull: the remote comes in, the person stays', () => {
  it('goes forward, and keeps what is staged and dirty elsewhere', async () => {
    const world = await makeWorld();
    const theirs = await pushed(await clone(world), 'theirs.txt', 'x');
    await write(world.root, 'src/a.txt', 'dirty');
    await write(world.root, 'staged.txt', 'x');
    await git(world.root, 'add', 'staged.txt');
    const before = await status(world.root);
    expect(await world.sync.pull()).toBeNull();
    expect(await head(world.root)).toBe(theirs);
    expect(await status(world.root)).toBe(before);
    expect(await world.sync.pull()).toBeNull();
  });

  it('puts ledger commits on top of the remote, with author, message and date, without touching anything else', async () => {
    const world = await makeWorld();
    const theirs = await pushed(await clone(world), 'src/b.txt', 'theirs');
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore(tasks): A-1 done\n\nBody: ä');
    const log = '--format=%an %ae %ad%n%B';
    const message = await git(world.root, 'log', '-1', log);
    await write(world.root, 'src/a.txt', 'staged');
    await git(world.root, 'add', 'src/a.txt');
    await write(world.root, 'src/a.txt', 'dirty');
    await write(world.root, 'untracked.txt', 'x');
    await write(world.root, 'announced.txt', 'x');
    await git(world.root, 'add', '-N', 'announced.txt');
    const before = await status(world.root);
    expect(await world.sync.pull()).toBeNull();
    expect(await head(world.root, 'HEAD^')).toBe(theirs);
    expect(await git(world.root, 'log', '-1', log)).toBe(message);
    expect(await status(world.root)).toBe(before);
    expect(await git(world.root, 'show', ':src/a.txt')).toBe('staged');
    expect(await read(world.root, 'src/b.txt')).toBe('theirs');
    expect(await git(world.root, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  });

  it('keeps unpushed commits of a person, too', async () => {
    const world = await makeWorld();
    const theirs = await pushed(await clone(world), 'src/b.txt', 'theirs');
    await commitFile(world.root, 'mine.txt', 'mine');
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore: A-1');
    expect(await world.sync.pull()).toBeNull();
    expect(await git(world.root, 'log', '--format=%s', `${theirs}..`)).toBe('chore: A-1\nChange mine.txt');
  });

  it('leaves out a commit that the remote has already', async () => {
    const world = await makeWorld();
    const other = await clone(world);
    await pushed(other, LEDGER, DONE);
    const theirs = await pushed(other, 'more.txt', 'x');
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore: A-1');
    expect(await world.sync.pull()).toBeNull();
    expect(await head(world.root)).toBe(theirs);
  });

  it('stops for a conflict on the ledger, with both versions named and nothing changed', async () => {
    const world = await makeWorld();
    const other = await clone(world);
    const theirs = await pushed(other, LEDGER, TABLE.replace('A-1 | not-started', 'A-1 | in-progress'));
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore: A-1');
    const ours = await head(world.root);
    const failure = await world.sync.pull();
    expect(failure).toMatchObject({ class: 'document', code: 'ledger-conflict' });
    expect(failure?.text).toContain(ours.slice(0, 10));
    expect(failure?.text).toContain(theirs.slice(0, 10));
    expect(failure?.text).toContain(LEDGER);
    expect(await head(world.root)).toBe(ours);
    expect(await status(world.root)).toBe('');
    expect(await read(world.root, LEDGER)).toBe(DONE);
  });

  it('names files of a person that are in the way, and touches nothing', async () => {
    const world = await makeWorld();
    await pushed(await clone(world), 'src/b.txt', 'theirs');
    await write(world.root, 'src/b.txt', 'dirty');
    const before = await head(world.root);
    expect(await world.sync.pull()).toMatchObject({
      code: 'pull-in-the-way',
      text: expect.stringContaining('src/b.txt'),
    });
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore: A-1');
    expect(await world.sync.pull()).toMatchObject({
      code: 'pull-in-the-way',
      text: expect.stringContaining('src/b.txt'),
    });
    expect(await head(world.root, 'HEAD^')).toBe(before);
    expect(await read(world.root, 'src/b.txt')).toBe('dirty');
  });

  it('does not move a merge of a person', async () => {
    const world = await makeWorld();
    await pushed(await clone(world), 'src/b.txt', 'theirs');
    await git(world.root, 'switch', '-qc', 'side');
    await commitFile(world.root, 'side.txt', 'x');
    await git(world.root, 'switch', '-q', 'main');
    await git(world.root, 'merge', '-q', '--no-ff', '-m', 'merge', 'side');
    expect(await world.sync.pull()).toMatchObject({ code: 'pull-conflict', text: expect.stringContaining('merge') });
  });

  it('does nothing without a remote, or when the remote has no such branch yet', async () => {
    const world = await makeWorld({ git: { remote: null, base: 'main', push: false } });
    expect(await world.sync.pull()).toBeNull();
    expect(await world.sync.push()).toBeNull();
    const empty = path.join(world.folder, 'empty.git');
    await git(world.folder, 'init', '-q', '--bare', empty);
    await git(world.root, 'remote', 'set-url', 'origin', empty);
    await git(world.root, 'update-ref', '-d', 'refs/remotes/origin/main');
    const sync = openWorld(world.folder).sync;
    expect(await sync.pull()).toBeNull();
    expect(await sync.push()).toBeNull();
    expect(await head(empty, 'main')).toBe(await head(world.root));
  });
});

describe('push: nothing is lost, nothing is forced', () => {
  it('two clones fight, and both histories survive', async () => {
    const world = await makeWorld();
    await git(world.folder, 'clone', '-q', world.remote, 'two/project');
    const other = openWorld(path.join(world.folder, 'two'));
    for (let nth = 0; nth < 4; nth++) {
      await write(world.root, LEDGER, `${await read(world.root, LEDGER)}| B-${nth} | x |\n`);
      await write(other.root, 'docs/other.md', `${nth}`);
      expect(await world.sync.commit([LEDGER], `one ${nth}`)).toBeNull();
      expect(await other.sync.commit(['docs/other.md'], `two ${nth}`)).toBeNull();
      expect(await Promise.all([world.sync.push(), other.sync.push()])).toEqual([null, null]);
    }
    const subjects = (await git(world.remote, 'log', '--format=%s', 'main')).split('\n');
    for (let nth = 0; nth < 4; nth++) expect(subjects).toEqual(expect.arrayContaining([`one ${nth}`, `two ${nth}`]));
    expect(subjects).toHaveLength(9);
  });

  it('stops at a conflict on the ledger with everything as it was', async () => {
    const world = await makeWorld();
    const theirs = await pushed(await clone(world), LEDGER, TABLE.replace('A-1 | not-started', 'A-1 | failed'));
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore: A-1');
    const ours = await head(world.root);
    expect(await world.sync.push()).toMatchObject({ code: 'ledger-conflict' });
    expect(await head(world.root)).toBe(ours);
    expect(await head(world.remote, 'main')).toBe(theirs);
  });

  it('says why the remote refused', async () => {
    const world = await makeWorld();
    await hook(world.remote, 'pre-receive', 'echo "protected" >&2; exit 1');
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore: A-1');
    expect(await world.sync.push()).toMatchObject({
      code: 'push-refused',
      text: expect.stringMatching(/hook declined/),
    });
  });

  it('a refusing pre-push hook is respected and named', async () => {
    const world = await makeWorld();
    await hook(path.join(world.root, '.git'), 'pre-push', 'exit 1');
    await ledgerChanged(world);
    await world.sync.commit([LEDGER], 'chore: A-1');
    expect(await world.sync.push()).toMatchObject({ code: 'push-refused', text: expect.stringMatching(/hook/) });
  });

  it('fails at once where credentials are asked for', async () => {
    const world = await makeWorld();
    const server = createServer((_, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    await git(world.root, 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/x.git`);
    const began = performance.now();
    for (const failure of [await world.sync.pull(), await world.sync.push()]) {
      expect(failure).toMatchObject({
        class: 'config',
        code: 'auth',
        text: expect.stringMatching(/credentials.*then run again/s),
      });
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('says when the remote is not there, and when it is not configured', async () => {
    const world = await makeWorld();
    await git(world.root, 'remote', 'set-url', 'origin', path.join(world.folder, 'nowhere.git'));
    expect(await world.sync.push()).toMatchObject({ class: 'config', code: 'remote-unreachable' });
    await git(world.root, 'remote', 'remove', 'origin');
    expect(await world.sync.pull()).toMatchObject({
      code: 'no-remote',
      text: expect.stringMatching(/git remote add origin/),
    });
    expect(await world.sync.push()).toMatchObject({ code: 'no-remote' });
  });
});

it('a repository is known by its common folder, from a worktree too', async () => {
  const world = await makeWorld();
  await git(world.root, 'worktree', 'add', '-q', '-b', 'w', path.join(world.folder, 'w'));
  const [one, two] = await Promise.all([openRepository(world.root), openRepository(path.join(world.folder, 'w'))]);
  expect(two?.common).toBe(one?.common);
});
