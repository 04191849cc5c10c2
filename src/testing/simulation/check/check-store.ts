import type { State } from '../../../core/state.ts';
import { type Life, require } from '../life.ts';

/** E2: what was returned as changed, and nothing else, makes the store equal to the state. */
export function checkStore(life: Life): void {
  const { state, mirror } = life;
  compare(life, 'tasks', mirror.rows.tasks, state.tasks);
  compare(life, 'groups', mirror.rows.groups, state.groups);
  compare(life, 'inbox', mirror.rows.inbox, state.inbox);
  compare(life, 'effects', mirror.rows.effects, state.effects);
  const run = JSON.stringify(state.run);
  require(life, mirror.run === null || mirror.run === run, 'E2', () =>
    `the run row is not stored as it is: ${mirror.run} is not ${run}`);
}

function compare(
  life: Life,
  table: string,
  stored: ReadonlyMap<string, string>,
  rows: ReadonlyMap<string, unknown>,
): void {
  require(life, stored.size === rows.size, 'E2', () =>
    `${stored.size} ${table} are stored, but there are ${rows.size}`);
  for (const [key, row] of rows) {
    const json = JSON.stringify(row);
    require(life, stored.get(key) === json, 'E2', () =>
      `${table} ${key} is not stored as it is: ${stored.get(key)} is not ${json}`);
  }
}

/** What the core derives when it loads rows is what it had before it was loaded. */
export function checkIndex(life: Life, live: State, loaded: State): void {
  const same = (name: string, of: (state: State) => unknown): void => {
    const one = JSON.stringify(of(live));
    const other = JSON.stringify(of(loaded));
    require(life, one === other, 'E4', () => `${name} is ${one}, but loaded it is ${other}`);
  };
  const sorted = (items: Iterable<string>): string[] => [...items].sort();
  const sets = (map: ReadonlyMap<string, ReadonlySet<string>>): string[] =>
    sorted([...map].filter(([, set]) => set.size > 0).map(([key, set]) => `${key}: ${sorted(set)}`));
  same('counts', (state) => state.index.counts);
  same('in flight', (state) => sorted(state.index.inFlight));
  same('resting', (state) => sorted(state.index.resting));
  same('the queue', (state) => state.index.queue);
  same('what is held', (state) => sorted([...state.index.held].map(([name, holder]) => `${name}: ${holder}`)));
  same('blockers', (state) => sets(state.index.blockers));
  same('children', (state) => sets(state.index.children));
  same('members', (state) => sets(new Map([...state.index.members].filter(([key]) => state.groups.has(key)))));
}
