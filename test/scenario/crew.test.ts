import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeProject, row } from './project.ts';

const DONE_FORMAT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

it('a table of three tasks is worked off one after the other, and everything is put away', async () => {
  const project = makeProject({ rows: [row('A1'), row('A2', { depends_on: 'A1' }), row('A3')] });
  const { status, messages, stderr } = await project.run();
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(messages.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'done' });

  for (const id of ['A1', 'A2', 'A3']) {
    const cells = project.table()[id];
    expect(cells).toMatchObject({ status: 'done', agent: 'default', used: '1.2K' });
    expect(cells?.started_at).toMatch(DONE_FORMAT);
    expect(cells?.completed_at).toMatch(DONE_FORMAT);
    expect(project.remoteGit('show', `fix/${id}:work/${id}.txt`)).toBe(`${id} done`);
  }
  expect(project.remoteGit('log', '--format=%s', 'main')).toBe(
    [
      'chore(tasks): A3 done',
      'chore(tasks): A3 in-progress',
      'chore(tasks): A2 done',
      'chore(tasks): A2 in-progress',
      'chore(tasks): A1 done',
      'chore(tasks): A1 in-progress',
      'begin',
    ].join('\n'),
  );
  expect(project.git('rev-parse', 'main')).toBe(project.remoteGit('rev-parse', 'main'));
  expect(project.git('status', '--porcelain')).toBe('');
  expect(project.worktrees()).toHaveLength(1);
  expect(project.running()).toEqual([]);
});

it("a task's branch has the work of what it depends on (T13)", async () => {
  const project = makeProject({ rows: [row('A1'), row('A2', { depends_on: 'A1' })] });
  expect((await project.run()).status).toBe(0);
  expect(project.remoteGit('show', 'fix/A2:work/A1.txt')).toBe('A1 done');
  expect(() => project.remoteGit('show', 'fix/A1:work/A2.txt')).toThrow();
});

it('four agents work side by side when four may', async () => {
  const project = makeProject({
    rows: ['A1', 'A2', 'A3', 'A4', 'A5', 'A6'].map((id) => row(id)),
    plan: Object.fromEntries(['A1', 'A2', 'A3', 'A4', 'A5', 'A6'].map((id) => [id, ['meets ok']])),
    config: { limit: '4' },
  });
  const { status, messages } = await project.run();
  expect(status).toBe(0);
  let running = 0;
  let most = 0;
  for (const { type } of messages) {
    if (type === 'started') running += 1;
    if (type === 'attempt-ended') running -= 1;
    most = Math.max(most, running);
  }
  expect(most).toBe(4);
  const subjects = project.remoteGit('log', '--format=%s', 'main').split('\n');
  expect(subjects).toHaveLength(13);
  expect(new Set(subjects).size).toBe(13);
});

it('phases run in the order of their headings', async () => {
  const project = makeProject({
    rows: ['Phase 1', row('A1'), row('A2'), 'Phase 2', row('B1')],
    config: { limit: '3' },
  });
  const { status, messages } = await project.run();
  expect(status).toBe(0);
  const order = messages
    .filter(({ type }) => type === 'started' || type === 'done')
    .map(({ type, task }) => `${task} ${type}`);
  expect(order.indexOf('B1 started')).toBeGreaterThan(order.indexOf('A1 done'));
  expect(order.indexOf('B1 started')).toBeGreaterThan(order.indexOf('A2 done'));
});

it("a person's staged, unstaged and new files are theirs", async () => {
  const project = makeProject({ rows: [row('A1')] });
  project.write('work/README.md', 'changed, not staged\n');
  project.write('staged.txt', 'staged\n');
  project.git('add', 'staged.txt');
  project.write('new.txt', 'new\n');
  const before = project.git('status', '--porcelain');
  expect((await project.run()).status).toBe(0);
  expect(project.git('status', '--porcelain')).toBe(before);
  expect(project.read('work/README.md')).toBe('changed, not staged\n');
  const first = project.git('rev-list', '--max-parents=0', 'main');
  expect(project.git('diff', '--name-only', first, 'main')).toBe('docs/tasks.md');
});

it('without a remote nothing is pushed, and the work is on its branch', async () => {
  const project = makeProject({ rows: [row('A1')], remote: false, config: { git: '{ remote: null, base: main }' } });
  const { status } = await project.run();
  expect(status).toBe(0);
  expect(project.git('show', 'fix/A1:work/A1.txt')).toBe('A1 done');
});

it('only the tasks that were asked for are done', async () => {
  const project = makeProject({ rows: [row('A1'), row('A2')] });
  const { status } = await project.run(['--task', 'A2']);
  expect(status).toBe(0);
  expect(project.table().A1?.status).toBe('not-started');
  expect(project.table().A2?.status).toBe('done');
});

it("the row's issue and the project's words are in the prompt (T4, T12)", async () => {
  const project = makeProject({
    rows: [row('A1', { issue: '#12', description: 'Mend $(touch x) `y` {id}' })],
    config: { issue: '{ run: [echo, "issue text", "{issue}"] }' },
  });
  mkdirSync(path.join(project.root, 'prompt'), { recursive: true });
  writeFileSync(path.join(project.root, 'prompt/x'), '');
  expect((await project.run()).status).toBe(0);
  const [prompt] = project.prompts('A1');
  expect(prompt).toContain('issue text 12');
  expect(prompt).toContain('Mend $(touch x) `y` {id}');
});
