import { describe, expect, test } from 'vitest';
import { openItems } from '../../src/core/inbox.ts';
import type { CheckpointSpec, Playbook, Step } from '../../src/core/playbook.ts';
import type { State } from '../../src/core/state.ts';
import {
  attempts,
  command,
  drive,
  facts,
  idle,
  inFlight,
  observe,
  playbook,
  running,
  start,
  statuses,
  task,
} from './build.ts';

const look: Step = { name: 'look', do: 'checkpoint' };
const notesStep: Step = { name: 'notes', do: 'consolidate' };

const grouped = (
  steps: readonly Step[] = [],
  over: Partial<Playbook['admission']> = {},
  checkpoint: Partial<CheckpointSpec> = {},
) => playbook({ admission: { limit: 9, unit: 'group', ...over }, steps: { afterGroup: steps }, checkpoint });

const rows = () =>
  facts({ id: 'A', group: 'G1' }, { id: 'B', group: 'G1' }, { id: 'C', group: 'G2' }, { id: 'D', group: 'G3' });

const groups = (state: State) => [...state.groups.values()].map(({ name, status }) => `${name} ${status}`);

/** Drives runs until nothing is left, and says before which groups a person was asked. */
function askedAfter(book: Playbook): string[] {
  const state = running(book, rows());
  const asked: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    drive(state);
    const [item] = openItems(state);
    if (item === undefined) return asked;
    asked.push(item.of ?? '');
    command(state, { do: 'approve', item: item.id });
    start(state);
  }
  throw new Error('it never ends');
}

describe('groups', () => {
  test('E5: run one after the other, side by side inside', () => {
    const state = running(grouped(), rows());
    expect(inFlight(state)).toEqual(['A', 'B']);
    expect(groups(state)).toEqual(['G1 open', 'G2 pending', 'G3 pending']);
    drive(state, (effect) => ('task' in effect && effect.task === 'A' ? undefined : null));
    expect(inFlight(state)).toEqual(['B']);
    drive(state, (effect) => ('task' in effect && effect.task === 'B' ? undefined : null));
    expect(inFlight(state)).toEqual(['C']);
    drive(state);
    expect(groups(state)).toEqual(['G1 passed', 'G2 passed', 'G3 passed']);
    expect(state.run.outcome).toBe('done');
  });

  test.each([
    ['settled', ['A', 'C', 'D'], 'failed'],
    ['done', ['A'], 'deadlock'],
  ] as const)('P8: a failure holds the next group as the barrier says (%s)', (barrier, done, outcome) => {
    const state = running(grouped([], { barrier }), rows());
    attempts(state, 'B', [{ exitCode: 1 }, { exitCode: 1 }]);
    drive(state);
    const names = Object.entries(statuses(state)).filter(([, status]) => status === 'done');
    expect(names.map(([id]) => id)).toEqual(done);
    expect(state.run.outcome).toBe(outcome);
  });

  test('P7: steps run in order when the group is settled, before the next one opens', () => {
    const state = running(grouped([notesStep, look]), rows());
    drive(state, (effect) => (effect.kind === 'step' ? null : undefined));
    expect(groups(state)).toEqual(['G1 closing', 'G2 pending', 'G3 pending']);
    expect(inFlight(state)).toEqual([]);
    expect(drive(state)).toEqual(['step group:G1']);
    expect(openItems(state)).toMatchObject([
      { kind: 'checkpoint', of: 'group:G1', text: 'group G1: 2 of 2 ended well' },
    ]);
    expect(inFlight(state)).toEqual([]);
  });

  test('a new row opens its group again, drops what waited there, and shuts those behind it', () => {
    const state = running(grouped([look]), rows());
    drive(state);
    const [item] = openItems(state);
    const more = facts({ id: 'E', group: 'G1', order: 9 });
    observe(state, more, { groups: ['G1', 'G2', 'G3'] });
    expect(item?.closedAt).not.toBeNull();
    expect(groups(state)).toEqual(['G1 open', 'G2 pending', 'G3 pending']);
    start(state);
    expect(inFlight(state)).toEqual(['E']);
  });

  test('P8: "retry the failed ones" at a checkpoint does that, and asks again', () => {
    const state = running(grouped([look]), rows());
    attempts(state, 'B', [
      { exitCode: 1, text: 'no' },
      { exitCode: 1, text: 'no' },
    ]);
    drive(state);
    const [item] = openItems(state);
    expect(item?.text).toBe('group G1: 1 of 2 ended well; B failed: no');
    // biome-ignore lint/suspicious/noThenProperty: the command is named so; nobody awaits it.
    command(state, { do: 'reject', item: item?.id ?? '', then: 'retry-failed', text: '' });
    start(state);
    expect(inFlight(state)).toEqual(['B']);
    drive(state);
    expect(statuses(state)).toMatchObject({ A: 'done', B: 'done', C: 'waiting' });
    expect(openItems(state)).toMatchObject([{ of: 'group:G1', text: 'group G1: 2 of 2 ended well' }]);
  });

  test('"stop" at a checkpoint stops; the next run asks again', () => {
    const state = running(grouped([look]), rows());
    drive(state);
    start(state);
    const [item] = openItems(state);
    // biome-ignore lint/suspicious/noThenProperty: the command is named so; nobody awaits it.
    command(state, { do: 'reject', item: item?.id ?? '', then: 'stop', text: '' });
    expect(state.run).toMatchObject({ status: 'ended', halt: { code: 'stopped-by-person' } });
    start(state);
    expect(openItems(state)).toMatchObject([{ of: 'group:G1' }]);
    expect(inFlight(state)).toEqual([]);
  });
});

test.each([
  ['after-each', 1, ['group:G1', 'group:G2', 'group:G3']],
  ['after-batch', 2, ['group:G2', 'group:G3']],
  ['after-batch', 3, ['group:G3']],
  ['at-end', 1, ['group:G3']],
] as const)('P3: checkpoints %s (%i)', (mode, every, expected) => {
  expect(askedAfter(grouped([look], {}, { mode, every }))).toEqual(expected);
});

describe('waves', () => {
  const waves = (steps: readonly Step[] = []) => grouped(steps, { unit: 'wave', waveSize: 2, barrier: 'settled' });

  test('W2: at most N whose dependencies are done; the next when all of the last are settled', () => {
    const state = running(waves(), facts('A', 'B<A', 'C', 'D', 'E'));
    expect(inFlight(state)).toEqual(['A', 'C']);
    drive(state, (effect) => ('task' in effect && effect.task === 'A' ? undefined : null));
    expect(inFlight(state)).toEqual(['C']);
    drive(state, (effect) => ('task' in effect && effect.task === 'C' ? undefined : null));
    expect(inFlight(state)).toEqual(['B', 'D']);
    drive(state);
    expect(state.run).toMatchObject({ outcome: 'done', waves: 3 });
    expect(state.groups.size).toBe(0);
  });

  test('W2: a member that has to wait again leaves the wave and joins a later one', () => {
    const state = idle(playbook({ admission: { limit: 1, unit: 'wave', waveSize: 2 } }), facts('A', 'B', 'C'));
    start(state);
    expect(task(state, 'B').group).toBe('wave-1');
    observe(state, facts('A', 'B<C').slice(1));
    expect(task(state, 'B')).toMatchObject({ group: null, status: 'waiting' });
    const order = drive(state).filter((line) => line.startsWith('attempt'));
    expect(order).toEqual(['attempt A', 'attempt C', 'attempt B']);
  });

  test('W4: its steps run after each wave', () => {
    const state = running(waves([notesStep]), facts('A', 'B', 'C'));
    expect(drive(state).filter((line) => line.startsWith('step'))).toEqual(['step wave:wave-1', 'step wave:wave-2']);
  });
});

describe('phases', () => {
  const hardStop: Step = { name: 'stop', do: 'hard-stop' };
  const phased = () => facts({ id: 'A', phase: 'P1' }, { id: 'B', phase: 'P2' });

  test('P2: a hard stop always waits for a person', () => {
    const state = running(playbook({ steps: { afterPhase: [hardStop] }, checkpoint: { mode: 'at-end' } }), phased());
    drive(state);
    expect(openItems(state)).toMatchObject([{ kind: 'hard-stop', of: 'phase:P1' }]);
    expect(task(state, 'B').status).toBe('waiting');
    command(state, { do: 'approve', item: openItems(state)[0]?.id ?? '' });
    start(state);
    expect(inFlight(state)).toEqual(['B']);
  });

  test('P2: only the active phase runs, and another one when the document says so', () => {
    const state = running(playbook(), phased(), { activePhase: 'P2' });
    expect(inFlight(state)).toEqual(['B']);
    drive(state);
    expect(state.run.outcome).toBe('done');
    expect(task(state, 'A').status).toBe('waiting');
    start(state);
    observe(state, [], { activePhase: 'P1' });
    start(state);
    expect(inFlight(state)).toEqual(['A']);
  });

  test('an empty phase holds nobody', () => {
    const state = running(playbook(), phased(), { phases: ['P0', 'P1', 'P2'] });
    expect(inFlight(state)).toEqual(['A']);
  });
});
