import type { State } from '../../../core/state.ts';
import { EMPTY_SNAPSHOT } from '../core-api.ts';
import { cover } from '../coverage.ts';
import { type Life, require } from '../life.ts';
import { createMirror } from '../mirror.ts';
import { naiveObstacles } from './naive.ts';

/** E10, I3: how a run ends says how it stands, and what is not done names its cause. */
export function checkEnd(life: Life): void {
  const { state, core } = life;
  const { run } = state;
  cover(life.coverage, 'outcome', run.outcome ?? 'none');
  const relevant = [...state.tasks.values()].filter((task) => isRelevant(state, task.id));
  const open = [...state.inbox.values()].filter((item) => item.closedAt === null);
  const left = relevant.filter((task) => task.status !== 'done' && task.status !== 'cancelled');
  const cause = core.deadlockCause(state);
  const named = [...(cause?.cycle ?? []), ...(cause?.release ?? []), ...(cause?.unreachable ?? [])];
  switch (run.outcome) {
    case 'done':
      require(life, left.length === 0, 'I3', () => `it is done, but ${left.map((task) => task.id)} are not`);
      require(life, open.length === 0, 'I3', () => `it is done, but ${open.map((item) => item.id)} wait for a person`);
      break;
    case 'failed':
      require(life, left.every((task) => task.status === 'failed'), 'I3', () =>
        'it failed, and something is left that did not');
      break;
    case 'deadlock':
      require(life, run.only !== null || named.length > 0 || hasObstacle(life), 'E10', () =>
        `no cause is named: ${cause?.text}`);
      checkRelease(life);
      break;
    case 'waiting':
      require(life, run.halt !== null || run.brokenLedger !== null || open.length > 0, 'I3', () =>
        'nothing waits for a person');
      break;
    case 'interrupted':
    case null:
      break;
  }
  checkIdle(life);
}

function isRelevant({ run, tasks }: State, id: string): boolean {
  if (run.only !== null) return run.only.includes(id);
  return run.activePhase === null || tasks.get(id)?.fact.phase === run.activePhase;
}

/** Some are ready and held by a place that a waiting person's task takes. */
function hasObstacle({ state }: Life): boolean {
  const ready = [...state.tasks.values()].filter((task) => task.status === 'ready');
  return ready.some((task) => naiveObstacles(state, task).length > 0);
}

/** It never ends while something could start. */
function checkIdle(life: Life): void {
  const { state } = life;
  const { run } = state;
  if (run.outcome === 'interrupted' || run.outcome === 'waiting') return;
  for (const task of state.tasks.values()) {
    const isFree = task.status === 'ready' && naiveObstacles(state, task).length === 0;
    require(life, !isFree, 'E10', () => `the run ended ${run.outcome}, and ${task.id} could start`);
  }
}

/** E10: doing what the cause says makes something start, or brings the rest nearer. */
function checkRelease(life: Life): void {
  const { core, world, mirror } = life;
  const { release = [], cycle = null, unreachable = [] } = core.deadlockCause(life.state) ?? {};
  if (release.length === 0 || cycle !== null || unreachable.length > 0) return;
  const state = core.createState(world.playbook, mirror.load());
  const at = state.run.now;
  for (const id of release) {
    const order = state.tasks.get(id)?.status === 'blocked' ? 'release' : 'retry';
    core.step(state, { type: 'operator', at, command: { do: order, task: id } });
  }
  core.step(state, { type: 'run-started', at, only: null, limit: null });
  const moves = [...state.tasks.values()].filter((task) => task.status === 'ready' || task.flight !== null);
  require(life, moves.length > 0, 'E10', () => `${release} were released, and nothing can start`);
}

/** E1: the journal's events, from nothing, give the stored state byte for byte, whatever crashed in between. */
export function checkReplay(life: Life): void {
  const { core, world, journal } = life;
  const state = core.createState(world.playbook, structuredClone(EMPTY_SNAPSHOT));
  const mirror = createMirror();
  for (const entry of journal) {
    const { changes, entry: again } = core.step(state, entry.event);
    if (changes !== null) mirror.commit(changes);
    const [one, other] = [JSON.stringify(entry), JSON.stringify(again)];
    require(life, one === other, 'E1', () => `entry ${entry.seq} was ${one}, and again it is ${other}`);
    if (life.violations.length > 0) return;
  }
  require(life, mirror.run === life.mirror.run, 'E1', () =>
    `the run row is ${life.mirror.run}, and again it is ${mirror.run}`);
  for (const table of ['tasks', 'groups', 'inbox', 'effects'] as const) {
    const rows = life.mirror.rows[table];
    require(life, rows.size === mirror.rows[table].size, 'E1', () =>
      `there are ${rows.size} ${table}, and again ${mirror.rows[table].size}`);
    for (const [key, row] of rows) {
      const again = mirror.rows[table].get(key);
      require(life, row === again, 'E1', () => `${table} ${key} is ${row}, and again it is ${again}`);
    }
  }
}
