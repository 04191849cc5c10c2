import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cox, git, scratch, startCox, write } from './cox.ts';
import { project, TASKS, workingProject } from './project.ts';

/** An agent that waits until the file `go` is there. */
const WAITING = `import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
console.log('waiting for go');
while (!existsSync(process.env.GO_FILE)) await wait(30);
await import(process.env.AGENT_FILE);
`;

function waitingProject(): { root: string; go: () => void } {
  const folder = scratch();
  const go = path.join(folder, 'go');
  const agent = path.join(folder, 'agent.mjs');
  write(folder, { 'waiting.mjs': WAITING });
  const { root } = workingProject();
  const config = readFileSync(path.join(root, 'coxswain.yaml'), 'utf8');
  const real = /\[node, "([^"]+)"\]/.exec(config)?.[1] ?? '';
  write(folder, { 'agent.mjs': readFileSync(real, 'utf8') });
  const command = `command: [node, ${JSON.stringify(path.join(folder, 'waiting.mjs'))}], env: { GO_FILE: ${JSON.stringify(go)}, AGENT_FILE: ${JSON.stringify(agent)} }`;
  write(root, { 'coxswain.yaml': config.replace(/command: \[node, "[^"]+"\]/, command) });
  git(root, 'commit', '-q', '-am', 'A patient agent');
  git(root, 'push', '-q', 'origin', 'main');
  return { root, go: () => write(folder, { go: '' }) };
}

test('a crew works off the table: lines for people, the summary, the remote, no worktree left', async () => {
  const { root, remote } = workingProject({ config: 'gates:\n  - { name: test, run: test -d . }\n' });
  const { code, stdout, stderr } = await cox(['run'], { cwd: root });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/\d\d:\d\d:\d\d {2}A1 +started work/);
  expect(stdout).toMatch(/A1 +gate test passed in /);
  expect(stdout).toMatch(/A1 +done \(1\/3 done, 4K of 30K estimated\)/);
  expect(stdout).toMatch(/waits: .*B1 for Phase 2/);
  expect(stdout).toMatch(/^All is done \(3 tasks\)\.$/m);
  expect(stdout).toMatch(/^Completed: A1 \(4K of 5K\), A2 \(4K of 10K\), B1 \(4K of 15K\)$/m);
  expect(stdout).toMatch(/^Quality: +gates passed for 3 tasks, no failures$/m);
  expect(stdout).toMatch(/^Remaining: none$/m);
  expect(stdout).toMatch(/^Next: +nothing, all tasks are done$/m);
  expect(git(remote, 'branch', '--list', '--format=%(refname:short)').split('\n')).toEqual([
    'main',
    'task/a1',
    'task/a2',
    'task/b1',
  ]);
  expect(git(root, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
  expect(git(root, 'status', '--porcelain')).toBe('');
  const status = JSON.parse((await cox(['status', '--json'], { cwd: root })).stdout);
  expect(status.tasks[0]).toMatchObject({ id: 'A1', status: 'done', ledgerStatus: 'done', attempts: 1 });
  expect((await cox(['run'], { cwd: root })).code).toBe(0);
});

test('--json: one object a line, the last is run-ended', async () => {
  const { root } = workingProject();
  const { code, stdout } = await cox(['run', '--json'], { cwd: root });
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.every(({ type }) => typeof type === 'string')).toBe(true);
  expect(lines.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'done', counts: { done: 3 } });
  expect(lines.find(({ type, task }) => type === 'started' && task === 'A1')).toMatchObject({
    stage: 'work',
    agent: 'default',
  });
});

test("--task and --limit are this run's only", async () => {
  const { root } = workingProject();
  const { code, stdout } = await cox(['run', '--task', 'A1', '--limit', '2'], { cwd: root });
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/^The 1 task of this run is done; 2 are left\.$/m);
  expect(stdout).toMatch(/^Remaining: A2 \(ready\), B1 \(waiting\)$/m);
  expect(stdout).toMatch(/^Next: +A2$/m);
  const list = JSON.parse((await cox(['list', '--json'], { cwd: root })).stdout);
  expect(list.tasks.map(({ status }: never) => status)).toEqual(['done', 'ready', 'waiting']);
});

test('--dry-run says what would start and what would not, and changes nothing', async () => {
  const { root } = workingProject();
  const { code, stdout } = await cox(['run', '--dry-run'], { cwd: root });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^1 task would start:\n {2}A1 {2}Lay the base/m);
  expect(stdout).toMatch(
    /^2 tasks would not:\n {2}A2 {2}A2 depends on A1, which would start; every place would be taken$/m,
  );
  expect(stdout).not.toContain('running');
  expect(existsSync(path.join(root, '.coxswain'))).toBe(false);
  expect(git(root, 'status', '--porcelain')).toBe('');
  expect(git(root, 'log', '--oneline').split('\n')).toHaveLength(1);
  const json = JSON.parse((await cox(['run', '--dry-run', '--json'], { cwd: root })).stdout);
  expect(json).toMatchObject({ version: 1, starts: [{ id: 'A1' }], waits: [{ id: 'A2' }, { id: 'B1' }] });
});

describe('while a run is on', () => {
  test('a second one says who has it and ends with 2; looking and steering go on', async () => {
    const { root, go } = waitingProject();
    const run = startCox(['run'], { cwd: root });
    await run.seen(/A1 +started/);
    const second = await cox(['run'], { cwd: root });
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(
      new RegExp(`^Cannot run: another .*process ${run.pid}.* Next step: .*cox status`, 'm'),
    );
    const status = await cox(['status'], { cwd: root });
    expect(status.stdout).toMatch(new RegExp(`^A run is running since .* \\(process ${run.pid}\\)`));
    expect((await cox(['logs', 'A1'], { cwd: root })).stdout).toContain('waiting for go');
    expect(await cox(['pause'], { cwd: root })).toMatchObject({
      code: 0,
      stdout: `pause the run: done by the run (process ${run.pid}).\n`,
    });
    expect((await cox(['status'], { cwd: root })).stdout).toContain('A run is paused');
    expect(await cox(['retry', 'A1'], { cwd: root })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('A1 is running'),
    });
    expect(await cox(['resume'], { cwd: root })).toMatchObject({ code: 0 });
    expect(await cox(['cancel', 'B1'], { cwd: root })).toMatchObject({ code: 0 });
    go();
    expect((await run.ended).code).toBe(0);
    expect(readFileSync(path.join(root, 'docs/tasks.md'), 'utf8')).toMatch(/B1 \| (?:cancelled|failed) /);
  });

  test('cox stop and SIGINT end it with 130, and the next run goes on', async () => {
    const { root, go } = waitingProject();
    const first = startCox(['run'], { cwd: root });
    await first.seen(/A1 +started/);
    expect(await cox(['stop'], { cwd: root })).toMatchObject({ code: 0 });
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toContain('Stopped. The state is saved');
    const second = startCox(['run'], { cwd: root });
    await second.seen(/A1 +(?:started|attempt)/);
    second.signal('SIGINT');
    expect((await second.ended).code).toBe(130);
    go();
    expect((await cox(['run'], { cwd: root })).code).toBe(0);
  });

  test('drain lets what runs end, and starts nothing new', async () => {
    const { root, go } = waitingProject();
    const run = startCox(['run'], { cwd: root });
    await run.seen(/A1 +started/);
    expect(await cox(['drain'], { cwd: root })).toMatchObject({ code: 0 });
    go();
    const { code, stdout } = await run.ended;
    expect(stdout).not.toMatch(/A2 +started/);
    expect(code).toBe(130);
  });

  test('a new row joins, a broken edit is told with its place and holds nothing once it is mended', async () => {
    const { root, go } = waitingProject();
    const run = startCox(['run'], { cwd: root });
    await run.seen(/A1 +started/);
    const file = path.join(root, 'docs/tasks.md');
    const good = readFileSync(file, 'utf8');
    write(root, { 'docs/tasks.md': good.replace('| B1 | not-started', '| B1 | nonsense') });
    await run.seen(/docs\/tasks\.md:\d+:\d+: .*nonsense/);
    write(root, { 'docs/tasks.md': `${good}| B2 | not-started | One more | task/b2 | | 1K |\n` });
    go();
    const { code, stdout } = await run.ended;
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/B2 +done/);
  });
});

test('after kill -9: it says so, takes commands for the next run, and goes on to the same end', async () => {
  const { root, go } = waitingProject();
  const run = startCox(['run'], { cwd: root });
  await run.seen(/A1 +started/);
  run.signal('SIGKILL');
  await run.ended;
  expect((await cox(['status'], { cwd: root })).stdout).toContain('The last run was cut short.');
  expect((await cox(['list'], { cwd: root })).stdout).toMatch(/A1 +running/);
  const cancelled = await cox(['cancel', 'B1'], { cwd: root });
  expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining('The last run was cut short') });
  go();
  const { code, stdout } = await cox(['run'], { cwd: root });
  expect(code, stdout).toBe(0);
  const list = JSON.parse((await cox(['list', '--json'], { cwd: root })).stdout);
  expect(list.tasks.map(({ status }: never) => status)).toEqual(['done', 'done', 'cancelled']);
});

describe('how a run ends', () => {
  const failing = { config: 'agents:\n  default: { kind: script, command: ["A1: fail"] }\n', remote: true };

  test('1 with failed tasks, the dependents named', async () => {
    const { root } = project(failing);
    const { code, stdout } = await cox(['run'], { cwd: root });
    expect(code).toBe(1);
    expect(stdout).toMatch(/A1 +attempt 2 of work because /);
    expect(stdout).toMatch(/^Stopped, nothing more can start: 2 tasks wait for A1/m);
    expect(stdout).toMatch(/A1 +failed \(agent\) at stage work: /);
    expect(stdout).toMatch(/^Quality: .*failed: A1 \(agent: /m);
    for (const [...args] of [['explain', 'A1'], ['show', 'A1'], ['status']])
      expect((await cox(args, { cwd: root })).stdout).toMatch(/failed \(agent\): /);
    const explained = await cox(['explain', 'A2'], { cwd: root });
    expect(explained.stdout).toContain('A2 depends on A1, which is failed');
    const skipped = await cox(['skip', 'A1'], { cwd: root });
    expect(skipped).toMatchObject({ code: 0, stdout: expect.stringContaining('counts as done') });
    const again = await cox(['run'], { cwd: root });
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(
      /^Completed: A2.*, B1.*\nSkipped: +A1\nQuality: +gates passed for 2 tasks, no failures$/m,
    );
  });

  test('retry from another process while nothing runs', async () => {
    const { root } = project(failing);
    await cox(['run'], { cwd: root });
    write(root, {
      'coxswain.yaml': readFileSync(path.join(root, 'coxswain.yaml'), 'utf8').replace('"A1: fail"', 'ok'),
    });
    expect(await cox(['retry', 'A1'], { cwd: root })).toMatchObject({ code: 0 });
    const { code, stdout } = await cox(['run'], { cwd: root });
    expect(code, stdout).toBe(0);
  });

  test.each([
    [
      'no repository',
      { repository: false, config: 'agents: { default: { kind: script, command: [ok] } }\n' },
      /is not a git repository\. Run `git init`, commit your files, then run again\.\n$/,
    ],
    [
      'an unknown agent kind',
      { config: 'agents: { default: { kind: claude } }\n', remote: true },
      /kind "claude".*Next step: set agents\.default/s,
    ],
  ])('2 before anything is started: %s', async (_name, files, said) => {
    const { root } = project(files);
    for (const args of [['run'], ['run', '--dry-run']]) {
      const { code, stderr } = await cox(args, { cwd: root });
      expect(stderr).toMatch(said);
      expect(stderr).toMatch(/^Cannot /m);
      expect(code).toBe(2);
    }
    expect(existsSync(path.join(root, '.coxswain'))).toBe(false);
  });

  test('3 when the remote cannot be brought in: nothing is started, and it says what to do', async () => {
    const config = 'git: { remote: upstream }\nagents: { default: { kind: script, command: [ok] } }\n';
    const { root } = project({ config });
    const { code, stdout } = await cox(['run'], { cwd: root });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Waits for you: .*no remote named upstream.*git remote add upstream URL/m);
    expect(stdout).toMatch(/^Remaining: A1 \(ready\), A2 \(waiting\), B1 \(waiting\)$/m);
    expect(stdout).toMatch(/^Next: +do what is said above, then `cox run`$/m);
    expect(readFileSync(path.join(root, 'docs/tasks.md'), 'utf8')).toBe(TASKS);
  });

  test.each([
    [
      'another branch than the base',
      (root: string) => git(root, 'switch', '-q', '-c', 'other'),
      /other.*main|main.*other/s,
    ],
    ['detached HEAD', (root: string) => git(root, 'switch', '-q', '--detach'), /main/],
  ])('2 on %s, naming what to do', async (_name, change, said) => {
    const { root } = workingProject();
    change(root);
    const { code, stderr } = await cox(['run'], { cwd: root });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(said) });
    expect(await cox(['run', '--dry-run'], { cwd: root })).toMatchObject({ code, stderr });
    expect(stderr).not.toContain('Next step');
    expect(existsSync(path.join(root, '.coxswain'))).toBe(false);
    expect(readFileSync(path.join(root, 'docs/tasks.md'), 'utf8')).toBe(TASKS);
  });
});

test('under the Node of PATH, whatever it is', async () => {
  const { root } = workingProject();
  const system =
    process.env.PATH?.split(':')
      .filter((folder) => !folder.includes('node_modules'))
      .join(':') ?? '';
  expect((await cox(['list'], { cwd: root, env: { PATH: system } })).code).toBe(0);
  const old = scratch();
  write(old, { node: '#!/bin/sh\necho v20.1.0\n' });
  const { chmodSync } = await import('node:fs');
  chmodSync(path.join(old, 'node'), 0o755);
  expect((await cox(['list'], { cwd: root, env: { PATH: `${old}:/usr/bin:/bin` } })).code).toBe(0);
  const refused = await cox(['list'], { cwd: root, env: { COX_NODE: path.join(old, 'node') } });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Cannot start cox: it needs Node 24/) });
});
