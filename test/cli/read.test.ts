import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COX, cox, git, scratch, write } from './cox.ts';
import { project, TASKS } from './project.ts';

const READING = [
  ['list'],
  ['ready'],
  ['blocked'],
  ['status'],
  ['stats'],
  ['graph'],
  ['inbox'],
  ['logs'],
  ['explain', 'A2'],
  ['show', 'A1'],
];

test.each(READING)('`cox %s %s` ends with 0, in words and as JSON, without colour codes', async (...args) => {
  const { root } = project();
  const words = await cox(args, { cwd: root });
  expect(words).toMatchObject({ code: 0, stderr: '' });
  expect(words.stdout).not.toBe('');
  expect(words.stdout).not.toContain('\u001b');
  const json = await cox([...args, '--json'], { cwd: root });
  expect(json).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(json.stdout)).toMatchObject({ version: 1 });
});

describe('fixed JSON shapes', () => {
  test('ready and list', async () => {
    const { root } = project();
    const ready = JSON.parse((await cox(['ready', '--json'], { cwd: root })).stdout);
    expect(ready).toMatchObject({
      version: 1,
      tasks: [{ id: 'A1', status: 'ready', title: 'Lay the base', dependsOn: [] }],
    });
    const list = JSON.parse((await cox(['list', '--json'], { cwd: root })).stdout);
    expect(list.tasks.map(({ id, status, dependsOn }: never) => [id, status, dependsOn])).toEqual([
      ['A1', 'ready', []],
      ['A2', 'waiting', ['A1']],
      ['B1', 'waiting', []],
    ]);
  });

  test('status', async () => {
    const { root } = project();
    const status = JSON.parse((await cox(['status', '--json'], { cwd: root })).stdout);
    expect(status).toMatchObject({ version: 1, run: { holder: null }, progress: { done: 0, total: 3 }, inbox: [] });
    expect(status.tasks[0]).toMatchObject({ id: 'A1', status: 'ready', ledgerStatus: 'not-started', attempts: 0 });
  });

  test('explain', async () => {
    const { root } = project();
    const explained = JSON.parse((await cox(['explain', 'A2', '--json'], { cwd: root })).stdout);
    expect(explained).toMatchObject({ version: 1, id: 'A2', status: 'waiting' });
    expect(explained.reasons[0]).toMatchObject({ code: 'dependency', on: 'A1', text: expect.stringContaining('A1') });
  });
});

test('the quick way and the long way of `ready --json` say the same, and an edit is seen', async () => {
  const { root } = project();
  const cold = await cox(['ready', '--json'], { cwd: root });
  const warm = await cox(['ready', '--json'], { cwd: root });
  const long = await cox(['ready', '--json', '--project', root], { cwd: root });
  expect(warm).toEqual(cold);
  expect(long).toEqual(cold);
  write(root, { 'docs/tasks.md': TASKS.replace('| A1 | not-started', '| A1 | done') });
  const edited = JSON.parse((await cox(['ready', '--json'], { cwd: root })).stdout);
  expect(edited.tasks.map(({ id }: never) => id)).toEqual(['A2']);
});

test('an edit that keeps size and time is seen by the quick way', async () => {
  const { root } = project();
  await cox(['ready', '--json'], { cwd: root });
  const file = path.join(root, 'docs/tasks.md');
  git(root, 'config', 'core.fsmonitor', 'false');
  writeFileSync(file, readFileSync(file, 'utf8').replace('Lay the base', 'Lay the bass'));
  const { stdout } = await cox(['ready', '--json'], { cwd: root });
  expect(stdout).toContain('Lay the bass');
});

test('a broken document: what it said before is shown, the mistake named, the status is 2', async () => {
  const { root } = project();
  await cox(['list'], { cwd: root });
  write(root, { 'docs/tasks.md': TASKS.replace('not-started', 'odd') });
  const { code, stdout, stderr } = await cox(['list'], { cwd: root });
  expect(code).toBe(2);
  expect(stdout).toContain('Lay the base');
  expect(stderr).toMatch(/^docs\/tasks\.md:\d+:\d+: /m);
});

test('S2: a title cannot steer the terminal, in words or in JSON', async () => {
  const { root } = project({ tasks: TASKS.replace('Lay the base', 'Lay \u001b[2Jthe\u009b31m \u202ebase') });
  for (const args of [['list'], ['list', '--json'], ['status'], ['show', 'A1'], ['graph'], ['run', '--dry-run']]) {
    const { stdout } = await cox(args, { cwd: root });
    for (const character of ['\u001b', '\u009b', '\u202e']) expect(stdout).not.toContain(character);
  }
});

test('NO_COLOR wins over FORCE_COLOR in nothing but name; without either and without a terminal there is no colour', async () => {
  const { root } = project();
  expect((await cox(['list'], { cwd: root, env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[');
  expect((await cox(['list'], { cwd: root, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[');
});

test('the state folder keeps itself out of git', async () => {
  const { root } = project();
  await cox(['list'], { cwd: root });
  expect(git(root, 'status', '--porcelain')).toBe('');
});

describe('where the project is', () => {
  test('from a folder inside it, and from inside a worktree', async () => {
    const { root } = project();
    git(root, 'worktree', 'add', '-q', '-b', 'task/a1', path.join(root, '.coxswain/worktrees/A1'));
    for (const folder of ['docs', '.coxswain/worktrees/A1/docs']) {
      const { code, stdout } = await cox(['list'], { cwd: path.join(root, folder) });
      expect(code).toBe(0);
      expect(stdout).toContain('Lay the base');
    }
    expect(git(path.join(root, '.coxswain/worktrees/A1'), 'status', '--porcelain')).toBe('');
  });

  test('by --project and by COX_PROJECT', async () => {
    const { root } = project();
    const cwd = scratch();
    expect(await cox(['list', '--project', root], { cwd })).toMatchObject({ code: 0 });
    expect(await cox(['--project', root, 'list'], { cwd })).toMatchObject({ code: 0 });
    expect(await cox(['list'], { cwd, env: { COX_PROJECT: root } })).toMatchObject({ code: 0 });
  });

  test.each([
    [['list'], {}, /^Cannot list the tasks: there is no coxswain\.yaml in .* Next step: run `cox init`/],
    [['list', '--project', 'nowhere'], {}, /--project names .*nowhere, where there is no coxswain\.yaml/],
    [['list'], { COX_PROJECT: '/nowhere' }, /COX_PROJECT names \/nowhere/],
  ])('none: %j %j', async (args, env, said) => {
    const { code, stdout, stderr } = await cox(args, { cwd: scratch(), env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
  });
});

describe('usage', () => {
  test.each([
    [['lst'], /unknown command 'lst'\. Did you mean list\?/],
    [['run', '--limt', '3'], /unknown option '--limt'\. Did you mean --limit\? Next step: see `cox run --help`/],
    [['run', '--limit', '0'], /whole number from 1/],
    [['run', '--limit', '-1'], /--limit/],
    [['run', 'A1'], /too many arguments/],
    [['explain'], /missing required argument 'id'/],
    [['explain', 'A22'], /^Cannot explain A22: there is no task "A22"; did you mean "A2"\? Next step: see `cox list`/],
    [['show', 'nothing-like-it'], /there is no task "nothing-like-it"\./],
    [['logs', 'A1'], /it was not attempted yet/],
    [['logs', '../../etc'], /there is no task/],
    [['retry', 'A22'], /^Cannot retry A22: there is no task "A22"; did you mean "A2"\? Next step: see `cox list`/],
    [['cancel', 'NOPE'], /^Cannot cancel NOPE: there is no task "NOPE"\. Next step: see `cox list`/],
    [['retry', 'A1'], /A1 is ready/],
    [['release', 'A1'], /not blocked/],
    [['pause'], /no run is on/],
    [['stop'], /no run is on/],
    [['approve', 'nothing-1'], /there is no inbox item nothing-1/],
    [['run', '--task', 'A7'], /there is no task "A7"/],
    [['playbook', 'show', 'task-tabel'], /did you mean "task-table"\?/],
  ])('%j ends with 2 and says so', async (args, said) => {
    const { root } = project();
    const { code, stdout, stderr } = await cox(args, { cwd: root });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/^Cannot .*\. Next step: |\? Next step: /m);
  });

  test.each([[['--help']], [['run', '--help']], [['help', 'run']], [['playbook', '--help']], [['--version']]])(
    '%j ends with 0',
    async (args) => {
      const { code, stdout, stderr } = await cox(args, { cwd: scratch() });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toBe('');
    },
  );

  test('every command has help with an example', async () => {
    const { CATALOG } = await import('../../src/cli/catalog.ts');
    const { createProgram } = await import('../../src/cli/program.ts');
    const program = createProgram(() => Promise.resolve());
    for (const { name, examples } of CATALOG) {
      const [first, second] = name.split(' ');
      const command = program.commands.find((each) => each.name() === first);
      const found = second === undefined ? command : command?.commands.find((each) => each.name() === second);
      expect(found, name).toBeDefined();
      expect(examples.length, name).toBeGreaterThan(0);
      for (const example of examples) expect(example).toMatch(new RegExp(`^cox ${first}\\b`));
    }
  });

  test('`cox` alone shows the help and is a usage error', async () => {
    const { code, stderr } = await cox([], { cwd: scratch() });
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: cox');
  });
});

test('a damaged state is named and left alone', async () => {
  const { root } = project();
  await cox(['list'], { cwd: root });
  const state = path.join(root, '.coxswain/state.db');
  writeFileSync(state, 'garbage');
  for (const args of [['list'], ['ready', '--json'], ['run']]) {
    const { code, stderr } = await cox(args, { cwd: root });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Cannot read .*state\.db: it is damaged/),
    });
  }
  expect(readFileSync(state, 'utf8')).toBe('garbage');
});

test('a bug: one sentence, exit 70, the details in a file and no stack on the terminal', async () => {
  const { root } = project();
  await cox(['list'], { cwd: root });
  // A row that no version of ours writes.
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path.join(root, '.coxswain/state.db'));
  database.exec("update tasks set json = json_set(json, '$.way', 0, '$.fact', null)");
  database.close();
  const { code, stderr } = await cox(['list'], { cwd: root });
  expect(code).toBe(70);
  expect(stderr).toMatch(
    /^Cannot go on: this is a bug in Coxswain \(.*\)\. .*Next step: report it with the details in .*\.\n$/,
  );
  const file = /details in (.*)\.\n/.exec(stderr)?.[1] ?? '';
  expect(readFileSync(file, 'utf8')).toMatch(/\n {4}at /);
  expect((await cox(['list'], { cwd: root, env: { COX_DEBUG: '1' } })).stderr).toMatch(/\n {4}at /);
});

test('a reader that has seen enough is no error', async () => {
  const { root } = project();
  const { execFileSync } = await import('node:child_process');
  write(root, { 'docs/tasks.md': TASKS.replace('Lay the base', 'Lay the base '.repeat(20_000)) });
  const quick = `"${COX}" ready --json >/dev/null; "${COX}" ready --json | head -c 10`;
  const all = `{ "${COX}" list | head -1; "${COX}" playbook schema | head -c 10; ${quick}; } 2>&1`;
  const out = execFileSync('sh', ['-c', all], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(out).toMatch(/^ID +STATUS.*\n\{\n {2}"\$sche\{"version"$/);
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'));
  expect((await cox(['--version'], { cwd: scratch() })).stdout).toBe(`${version}\n`);
});
