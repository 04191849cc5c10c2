import { expect, it } from 'vitest';
import { makeProject, type Project, row, until } from './project.ts';

/** A run with A1 in the hands of an agent that waits to be let go. */
async function waitingRun(
  rows: Parameters<typeof makeProject>[0]['rows'],
  config: Readonly<Record<string, string>> = {},
) {
  const project = makeProject({ rows, plan: { A1: ['waits ok'] }, config });
  const run = project.start(['run', '--json']);
  await until(() => run.messages().some(({ type, task }) => type === 'started' && task === 'A1'));
  return { project, run };
}

function edit(project: Project, change: (text: string) => string): void {
  project.write('docs/tasks.md', change(project.read('docs/tasks.md')));
}

it('a row that is added during a run joins it', async () => {
  const { project, run } = await waitingRun([row('A1')]);
  edit(project, (text) => `${text.trimEnd()}\n| B1 | not-started | Do B1 | | fix/B1 | | | | | | |\n`);
  project.letGo('A1');
  expect((await run.ended).status).toBe(0);
  expect(project.table().B1?.status).toBe('done');
});

it('a row that is removed during a run is not done', async () => {
  const { project, run } = await waitingRun([row('A1'), row('A2')]);
  edit(project, (text) =>
    text
      .split('\n')
      .filter((line) => !line.startsWith('| A2 '))
      .join('\n'),
  );
  project.letGo('A1');
  expect((await run.ended).status).toBe(0);
  expect(project.prompts('A2')).toHaveLength(0);
  expect(project.table().A1?.status).toBe('done');
});

it('a word that a person writes holds', async () => {
  const { project, run } = await waitingRun([row('A1'), row('A2'), row('A3', { depends_on: 'A1, A2' })]);
  edit(project, (text) => text.replace('| A2 | not-started |', '| A2 | done |'));
  project.letGo('A1');
  expect((await run.ended).status).toBe(0);
  expect(project.prompts('A2')).toHaveLength(0);
  expect(project.table().A3?.status).toBe('done');
});

it('a task that a person takes away from its agent is ended', async () => {
  const { project, run } = await waitingRun([row('A1'), row('A2')]);
  edit(project, (text) => text.replace('| A1 | in-progress |', '| A1 | done |'));
  const { status, messages } = await run.ended;
  expect(status).toBe(0);
  expect(messages.some(({ type }) => type === 'person-set')).toBe(true);
  expect(project.table()).toMatchObject({ A1: { status: 'done' }, A2: { status: 'done' } });
  expect(project.running()).toEqual([]);
});

it('a table that is broken stops the dispatch, and the run goes on when it is mended', async () => {
  const { project, run } = await waitingRun([row('A1'), row('A2')]);
  edit(project, (text) => text.replace('| A2 | not-started |', '| A2 | nonsense |'));
  await until(() => run.messages().some(({ type }) => type === 'ledger-broken'));
  expect(run.messages().find(({ type }) => type === 'ledger-broken')?.text).toMatch(/^docs\/tasks\.md:\d+:\d+: /);
  project.letGo('A1');
  await until(() => run.messages().some(({ type }) => type === 'landed'));
  expect(project.prompts('A2')).toHaveLength(0);
  edit(project, (text) => text.replace('| A2 | nonsense |', '| A2 | not-started |'));
  expect((await run.ended).status).toBe(0);
  expect(project.table()).toMatchObject({ A1: { status: 'done' }, A2: { status: 'done' } });
});

it('a row that somebody else has in progress is left to them', async () => {
  const project = makeProject({ rows: [row('A1', { status: 'in-progress', agent: 'Ann' }), row('A2')] });
  const { status } = await project.run();
  expect(status).toBe(1);
  expect(project.table()).toMatchObject({ A1: { status: 'in-progress', agent: 'Ann' }, A2: { status: 'done' } });
});

it('a run is paused, resumed and drained from another process (E14)', async () => {
  const { project, run } = await waitingRun([row('A1'), row('A2'), row('A3')]);
  expect((await project.cox(['pause'])).status).toBe(0);
  project.letGo('A1');
  await until(() => project.table().A1?.status === 'done');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(project.prompts('A2')).toHaveLength(0);
  project.setPlan({ A2: ['waits ok'] });
  expect((await project.cox(['resume'])).status).toBe(0);
  await until(() => project.prompts('A2').length === 1);
  expect((await project.cox(['drain'])).status).toBe(0);
  project.letGo('A2');
  const { status, messages } = await run.ended;
  expect(status).toBe(130);
  expect(messages.at(-1)).toMatchObject({ outcome: 'interrupted' });
  expect(project.table()).toMatchObject({ A2: { status: 'done' }, A3: { status: 'not-started' } });
});

it.each(['stop', 'SIGINT', 'SIGTERM'] as const)(
  'a run that is stopped by %s leaves nothing behind and goes on later',
  async (how) => {
    const { project, run } = await waitingRun([row('A1'), row('A2')]);
    project.write('.coxswain/worktrees/A1/work/half.txt', 'half done\n');
    if (how === 'stop') expect((await project.cox(['stop'])).status).toBe(0);
    else run.child.kill(how);
    const { status, messages } = await run.ended;
    expect(status).toBe(130);
    expect(messages.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'interrupted' });
    expect(project.running()).toEqual([]);
    expect(project.git('show', 'refs/coxswain/rescue/A1/1:work/half.txt')).toBe('half done');
    project.letGo('A1');
    expect((await project.run()).status).toBe(0);
    expect(project.table()).toMatchObject({ A1: { status: 'done' }, A2: { status: 'done' } });
    expect(project.worktrees()).toHaveLength(1);
  },
);

it('a running task is cancelled, and one is skipped, from another process', async () => {
  const { project, run } = await waitingRun([row('A1'), row('A2', { depends_on: 'A1' }), row('A3')]);
  expect((await project.cox(['cancel', 'A1'])).status).toBe(0);
  const { status } = await run.ended;
  expect(status).toBe(1);
  expect(project.table()).toMatchObject({
    A1: { status: 'failed' },
    A2: { status: 'not-started' },
    A3: { status: 'done' },
  });
  expect(project.running()).toEqual([]);
  expect((await project.cox(['skip', 'A1'])).status).toBe(0);
  expect((await project.run()).status).toBe(0);
  expect(project.table().A2?.status).toBe('done');
});

it('a worker that names a blocker is set aside, and released (T7)', async () => {
  const project = makeProject({ rows: [row('A1'), row('A2')], plan: { A1: ['blocked', 'ok'] } });
  const { status, messages } = await project.run();
  expect(status).toBe(1);
  expect(messages.at(-1)).toMatchObject({ outcome: 'deadlock' });
  expect(project.table()).toMatchObject({ A1: { status: 'in-progress' }, A2: { status: 'done' } });
  expect(project.table().A1?.notes).toContain('needs a key from the bank');
  expect((await project.cox(['release', 'A1'])).status).toBe(0);
  expect((await project.run()).status).toBe(0);
  expect(project.table().A1?.status).toBe('done');
});

it('a second run is told who holds the project', async () => {
  const { project, run } = await waitingRun([row('A1')]);
  const second = await project.run();
  expect(second.status).toBe(2);
  expect(second.stderr).toContain(`process ${run.child.pid}`);
  project.letGo('A1');
  expect((await run.ended).status).toBe(0);
});
