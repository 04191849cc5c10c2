import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { makeProject, type Project, row, until } from '../scenario/project.ts';

/** In `npm test` every point has its turn over a few days; the nightly run takes them all. */
const AT_MOST = process.env.CRASH_POINTS === 'all' ? Number.POSITIVE_INFINITY : 64;
const SIDE_BY_SIDE = 2;

/** Three tasks, one of which meets a red gate first. What the agent does hangs on its prompt alone, so that the end does, too. */
function scenario(): Project {
  return makeProject({
    rows: [row('A1'), row('A2', { depends_on: 'A1' }), row('A3')],
    plan: { A1: ['ok'], A2: ['mends-when-told'], A3: ['ok'] },
  });
}

/** What must be the same whatever happened on the way. Times and the commits' ids are not part of it. */
function endOf(project: Project): unknown {
  const branches = (git: (...args: string[]) => string): Record<string, string> => {
    const names = git('for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/tags').split('\n');
    return Object.fromEntries(names.map((name) => [name, treeOf(git, name)]));
  };
  const table = Object.values(project.table()).map(({ started_at, completed_at, ...cells }) => ({
    ...cells,
    started: started_at !== '',
    completed: completed_at !== '',
  }));
  return {
    local: branches(project.git),
    remote: branches(project.remoteGit),
    table,
    subjects: project.remoteGit('log', '--format=%s', 'main'),
    isPushed: project.git('rev-parse', 'main') === project.remoteGit('rev-parse', 'main'),
    status: project.git('status', '--porcelain'),
    worktrees: project.worktrees().length,
    running: project.running(),
  };
}

/** The tree of a branch by content; the table has times in it and is compared by its rows, the configuration has folders. */
function treeOf(git: (...args: string[]) => string, name: string): string {
  return git('ls-tree', '-r', name)
    .split('\n')
    .filter((line) => !/\t(?:docs\/tasks\.md|coxswain\.yaml)$/.test(line))
    .join('\n');
}

async function finish(project: Project): Promise<void> {
  const { status, stdout, stderr } = await project.run();
  if (status !== 0) throw new Error(`the run that came after ended with ${status}:\n${stdout}\n${stderr}`);
}

/** `name#n` for each time a crash point was met. */
function pointsIn(trace: string): string[] {
  const counts = new Map<string, number>();
  return trace
    .trimEnd()
    .split('\n')
    .map((name) => {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return `${name}#${count}`;
    });
}

/** Evenly spread, with at least one of each name. */
function sample(points: readonly string[], atMost: number): readonly string[] {
  if (points.length <= atMost) return points;
  const first = points.filter((point) => point.endsWith('#1'));
  const rest = points.filter((point) => !point.endsWith('#1'));
  const room = Math.max(0, atMost - first.length);
  const step = rest.length / Math.max(1, room);
  return [...first, ...Array.from({ length: room }, (_, index) => rest[Math.floor(index * step)] ?? '')];
}

it('a run that is killed at any effect comes to the end of one that is not (E2)', { timeout: 1_800_000 }, async () => {
  const whole = scenario();
  const trace = path.join(whole.folder, 'trace');
  const run = await whole.cox(['run', '--json'], { COX_CRASH_TRACE: trace });
  expect(run.status, `${run.stdout}\n${run.stderr}`).toBe(0);
  const expected = endOf(whole);
  const points = pointsIn(readFileSync(trace, 'utf8'));
  expect(points.length).toBeGreaterThan(50);

  const wrong: string[] = [];
  const queue = [...sample(points, AT_MOST)];
  const worker = async (): Promise<void> => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      try {
        await killAt(point, expected);
      } catch (error) {
        wrong.push(`${point}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  expect(wrong.join('\n\n')).toBe('');
});

async function killAt(point: string, expected: unknown): Promise<void> {
  const project = scenario();
  const { status } = await project.cox(['run', '--json'], { COX_CRASH_AT: point });
  // A life that raced past the point (two effects at once) is as good an end as any.
  if (status !== 0) expect(status, 'it was to be killed').toBeNull();
  await finish(project);
  assert.deepStrictEqual(endOf(project), expected);
  await project.remove();
}

it('an agent that outlives us is ended, and its task is done again (E4)', async () => {
  const project = makeProject({ rows: [row('A1')], plan: { A1: ['dirty waits ok', 'ok'] } });
  const run = project.start(['run', '--json']);
  await until(() => existsSync(path.join(project.root, '.coxswain/worktrees/A1/work/A1-dirty.txt')));
  run.child.kill('SIGKILL');
  await run.ended;
  expect(project.running().length).toBeGreaterThan(0);
  const { status, messages } = await project.run();
  expect(status).toBe(0);
  expect(messages.find(({ type }) => type === 'attempt-ended')).toMatchObject({ ending: 'lost' });
  expect(project.git('show', 'refs/coxswain/rescue/A1/1:work/A1-dirty.txt')).toBe('not committed');
  expect(project.table().A1?.status).toBe('done');
  expect(project.running()).toEqual([]);
});

it('an agent that ended while nobody looked is read, not repeated (E4)', async () => {
  const project = makeProject({ rows: [row('A1')], plan: { A1: ['waits ok'] } });
  const run = project.start(['run', '--json']);
  await until(() => run.messages().some(({ type }) => type === 'started'));
  run.child.kill('SIGKILL');
  await run.ended;
  project.letGo('A1');
  await until(() => existsSync(path.join(project.root, '.coxswain/attempts/A1/1/exit')));
  expect((await project.run()).status).toBe(0);
  expect(project.prompts('A1')).toHaveLength(1);
  expect(project.table().A1?.status).toBe('done');
});

it('a second kill, and a third, change nothing', async () => {
  const project = scenario();
  for (const point of ['commit:after#12', 'commit:before#9', 'commit:after#7']) {
    await project.cox(['run', '--json'], { COX_CRASH_AT: point });
  }
  await finish(project);
  expect(Object.values(project.table()).map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  expect(project.running()).toEqual([]);
});
