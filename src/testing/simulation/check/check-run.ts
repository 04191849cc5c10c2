import { EMPTY_SNAPSHOT } from '../core-api.ts';
import { type Life, require } from '../life.ts';
import { createMirror } from '../mirror.ts';
import { checkIndex } from './check-store.ts';

export function checkEnd(_life: Life): void {}

/** E1: the journal's events, from nothing, give the stored state byte for byte, whatever crashed in between. */
export function checkReplay(life: Life): void {
  const { core, world, journal } = life;
  const state = core.createState(world.playbook, structuredClone(EMPTY_SNAPSHOT));
  const mirror = createMirror();
  for (const entry of journal) {
    const { changes, entry: again } = core.step(state, structuredClone(entry.event));
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

/** What a new orchestrator has in memory is what the dead one had, as far as it was committed. */
export function checkRestart(life: Life): void {
  const { core, world, mirror } = life;
  const load = () => core.createState(world.playbook, mirror.load());
  const replayed = replay(life);
  if (replayed !== null) checkIndex(life, replayed, load());
}

/** The state of an orchestrator that never died. Costly: only for a few restarts of a life. */
function replay(life: Life) {
  const { core, world, journal } = life;
  if (life.runs > 6 || journal.length > 300) return null;
  const state = core.createState(world.playbook, structuredClone(EMPTY_SNAPSHOT));
  for (const entry of journal) core.step(state, structuredClone(entry.event));
  return state;
}
