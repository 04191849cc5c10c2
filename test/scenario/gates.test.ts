import { expect, it } from 'vitest';
import { makeProject, row } from './project.ts';

it('a red gate goes back to the worker with its output, and the mended work lands (T6)', async () => {
  const project = makeProject({ rows: [row('A1')], plan: { A1: ['red', 'mend'] } });
  const { status, messages } = await project.run();
  expect(status).toBe(0);
  expect(messages.filter(({ type }) => type === 'gate').map(({ passed }) => passed)).toEqual([false, true]);
  const [first, second] = project.prompts('A1');
  expect(first).not.toContain('A1 BROKEN');
  expect(second).toContain('A1 BROKEN');
  expect(project.remoteGit('show', 'fix/A1:work/A1.txt')).toBe('A1 mended');
});

it('nothing red is ever pushed', async () => {
  const project = makeProject({ rows: [row('A1')], plan: { A1: ['red'] } });
  const { status, messages } = await project.run();
  expect(status).toBe(1);
  expect(messages.at(-1)).toMatchObject({ outcome: 'failed' });
  expect(() => project.remoteGit('rev-parse', '--verify', 'fix/A1')).toThrow();
  expect(project.table().A1).toMatchObject({ status: 'failed' });
  expect(project.table().A1?.notes).toContain('gate test is red');
});

it('what depends on a failed task is held up; the rest is finished first (E10)', async () => {
  const project = makeProject({
    rows: [row('A1'), row('A2', { depends_on: 'A1' }), row('A3')],
    plan: { A1: ['red'] },
  });
  const { status, messages } = await project.run();
  expect(status).toBe(1);
  expect(messages.at(-1)).toMatchObject({ outcome: 'deadlock' });
  expect(Object.values(project.table()).map((cells) => cells.status)).toEqual(['failed', 'not-started', 'done']);

  project.setPlan({});
  expect((await project.cox(['retry', 'A1'])).status).toBe(0);
  expect((await project.run()).status).toBe(0);
  expect(Object.values(project.table()).map((cells) => cells.status)).toEqual(['done', 'done', 'done']);
});

it('gates run on the commit, not on what lies about in the worktree', async () => {
  const project = makeProject({
    rows: [row('A1')],
    plan: { A1: ['dirty ok'] },
    config: { gates: '[{ name: test, run: "test ! -e work/A1-dirty.txt" }]' },
  });
  expect((await project.run()).status).toBe(0);
  const rescued = project.git('for-each-ref', '--format=%(refname)', 'refs/coxswain/');
  expect(rescued).toContain('refs/coxswain/rescue/A1/1');
  expect(project.git('show', 'refs/coxswain/rescue/A1/1:work/A1-dirty.txt')).toBe('not committed');
});

it('the second gate is not asked when the first is red', async () => {
  const project = makeProject({
    rows: [row('A1')],
    plan: { A1: ['red', 'mend'] },
    config: { gates: '[{ name: first, run: "! grep -rq BROKEN work" }, { name: second, run: "true" }]' },
  });
  const { messages } = await project.run();
  const gates = messages.filter(({ type }) => type === 'gate').map(({ gate, passed }) => `${gate} ${passed}`);
  expect(gates).toEqual(['first false', 'first true', 'second true']);
});
