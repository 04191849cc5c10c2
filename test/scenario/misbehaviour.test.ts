import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeProject, row } from './project.ts';

// Each of them misbehaves once; the retry is honest. What is asked: the misdeed is named with its class, the run ends
// well, the main branch has nothing of it, and nothing is left running.
const MISDEEDS = [
  ['exits-at-once', 'failed-agent', /exit status 7/],
  ['no-report', 'failed-report', /no report/i],
  ['bad-json', 'failed-report', /JSON|no report/i],
  ['wrong-id', 'failed-report', /X9/],
  ['failed', 'failed-agent', /too hard/],
  ['false-commit', 'failed-report', /0123456789abcdef/],
  ['old-commit', 'failed-report', /./],
  ['empty-commit', 'failed-report', /./],
  ['touches-table', 'failed-ownership', /docs\/tasks\.md/],
  ['touches-and-reverts', 'failed-ownership', /docs\/tasks\.md/],
  ['touches-in-merge', 'failed-ownership', /docs\/tasks\.md/],
  ['leaks', 'failed-ownership', /leaked\.txt/],
  ['moves-ref', 'failed-ownership', /main/],
  ['makes-ref', 'failed-ownership', /extra-A1/],
] as const;

it.each(MISDEEDS)('an agent that misbehaves once is found out: %s', async (act, type, says) => {
  const project = makeProject({ rows: [row('A1')], plan: { A1: [act, 'mend'] } });
  const main = project.git('rev-parse', 'main');
  const { status, messages } = await project.run();
  const misdeed = messages.find((message) => message.type.startsWith('failed-'));
  expect(misdeed).toMatchObject({ type, task: 'A1', text: expect.stringMatching(says) });
  expect(status).toBe(0);
  expect(project.prompts('A1')).toHaveLength(2);
  expect(project.remoteGit('show', 'fix/A1:work/A1.txt')).toBe('A1 mended');
  expect(project.git('log', '--format=%s', `${main}..main`).split('\n')).toEqual([
    'chore(tasks): A1 done',
    'chore(tasks): A1 in-progress (retry)',
    'chore(tasks): A1 in-progress',
  ]);
  expect(project.git('diff', '--name-only', main, 'main')).toBe('docs/tasks.md');
  expect(project.running()).toEqual([]);
});

it('an agent that commits on another branch has done nothing on its own', async () => {
  const project = makeProject({ rows: [row('A1')], plan: { A1: ['other-branch', 'mend'] } });
  const { status, messages } = await project.run();
  expect(messages.some(({ type }) => type.startsWith('failed-'))).toBe(true);
  expect(status).toBe(0);
  expect(project.remoteGit('show', 'fix/A1:work/A1.txt')).toBe('A1 mended');
});

it.each(['leaves-child', 'leaves-daemon'])('what an agent leaves behind is ended: %s', async (act) => {
  const project = makeProject({ rows: [row('A1')], plan: { A1: [act] } });
  expect((await project.run()).status).toBe(0);
  expect(project.left('A1')).toBeGreaterThan(0);
  expect(project.running()).toEqual([]);
});

it.each(['hangs', 'is-deaf'])('an agent that never ends is ended: %s', async (act) => {
  const project = makeProject({
    rows: [row('A1')],
    plan: { A1: [`dirty ${act}`, 'mend'] },
    config: { stages: '{ work: { timeout: 1s } }' },
  });
  const { status, messages } = await project.run();
  expect(messages.find((message) => message.type.startsWith('failed-'))).toMatchObject({ type: 'failed-timeout' });
  expect(status).toBe(0);
  expect(project.git('show', 'refs/coxswain/rescue/A1/1:work/A1-dirty.txt')).toBe('not committed');
  expect(project.running()).toEqual([]);
});

it('an agent that floods is cut off', async () => {
  const project = makeProject({
    rows: [row('A1')],
    plan: { A1: ['floods', 'mend'] },
    config: { limits: '{ grace: 300ms, attemptOutput: 1MB }' },
  });
  const { status, messages } = await project.run();
  expect(messages.find((message) => message.type.startsWith('failed-'))).toMatchObject({ type: 'failed-agent' });
  expect(status).toBe(0);
  const log = path.join(project.root, '.coxswain/attempts/A1/1/output.log');
  expect(existsSync(log)).toBe(true);
  expect(readFileSync(log).length).toBeLessThan(2_000_000);
});

it('an agent that cannot be started waits for a person', async () => {
  const project = makeProject({
    rows: [row('A1')],
    config: { agents: '{ default: { kind: command, command: [no-such-agent] } }' },
  });
  const { status, messages } = await project.run();
  expect(status).toBe(3);
  expect(messages.at(-1)).toMatchObject({ outcome: 'waiting' });
  expect(messages.some(({ text }) => text?.includes('no-such-agent'))).toBe(true);
});
