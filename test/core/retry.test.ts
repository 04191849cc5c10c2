import { describe, expect, test } from 'vitest';
import type { FailureClass, RetrySpec, Rung } from '../../src/core/playbook.ts';
import { nextRung } from '../../src/core/retry.ts';
import {
  agentStage,
  attemptEnd,
  attempts,
  drive,
  effectOf,
  end,
  facts,
  failure,
  gateStage,
  playbook,
  running,
  task,
  tick,
  untilAttempt,
  way,
} from './build.ts';

const same: Rung = { do: 'retry', session: 'same' };
const fresh: Rung = { do: 'retry', session: 'fresh' };
const think: Rung = { do: 'retry', session: 'fresh', think: 8000 };
const [escalate, giveUp, park, stop]: Rung[] = [{ do: 'escalate' }, { do: 'fail' }, { do: 'park' }, { do: 'stop' }];
const back: Rung = { do: 'back', stage: 'work' };

type Row = readonly [
  name: string,
  ladder: RetrySpec['ladder'],
  attempts: number,
  kind: FailureClass,
  failures: readonly (readonly [count: number, spent: number])[],
  rungs: readonly (Rung | undefined)[],
];

const table: readonly Row[] = [
  [
    'the default ladder repeats its last try until the attempts are used up',
    { default: [same, giveUp as Rung] },
    4,
    'agent',
    [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ],
    [same, same, same, giveUp],
  ],
  [
    'the default ladder climbs by what was spent, whatever the class',
    { default: [same, think, escalate as Rung] },
    4,
    'gate',
    [
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
    ],
    [same, think, think, escalate],
  ],
  [
    'a default ladder without a try still tries',
    { default: [escalate as Rung] },
    3,
    'agent',
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    [fresh, fresh, escalate],
  ],
  ['one attempt is one attempt', { default: [same, giveUp as Rung] }, 1, 'agent', [[1, 1]], [giveUp]],
  [
    'a ladder of its own is kept to, rung by rung',
    { default: [same, giveUp as Rung], merge: [escalate as Rung] },
    9,
    'merge',
    [
      [1, 1],
      [2, 2],
    ],
    [escalate, escalate],
  ],
  [
    'a ladder of its own counts its own failures',
    { default: [same, giveUp as Rung], ownership: [fresh, escalate as Rung] },
    9,
    'ownership',
    [
      [1, 5],
      [2, 6],
      [7, 7],
    ],
    [fresh, escalate, escalate],
  ],
  [
    'a ladder of its own ends as it says when the attempts are used up',
    { default: [same, giveUp as Rung], ownership: [fresh, escalate as Rung] },
    3,
    'ownership',
    [[1, 3]],
    [escalate],
  ],
  [
    'a ladder that ends in trying ends as the default does',
    { default: [same, giveUp as Rung], limit: [park as Rung] },
    3,
    'limit',
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    [park, park, giveUp],
  ],
  [
    'no ladder says how it ends: it fails',
    { default: [same] },
    2,
    'agent',
    [
      [1, 1],
      [2, 2],
    ],
    [same, giveUp],
  ],
  [
    'back and stop are ends',
    { default: [same, back] },
    2,
    'agent',
    [
      [1, 1],
      [2, 2],
    ],
    [same, back],
  ],
  ['stop is an end', { default: [same, stop as Rung] }, 2, 'agent', [[2, 2]], [stop]],
];

test.each(table)('E9: %s', (_name, ladder, allowed, kind, failures, rungs) => {
  const retry: RetrySpec = { ...playbook().retry, ladder, attempts: allowed };
  expect(failures.map(([count, spent]) => nextRung(retry, kind, count, spent))).toEqual(rungs);
});

const DEFAULT_BOUNDS = playbook().retry.bounds;

describe('E9: what spends no attempt', () => {
  test('a limit parks every task of the agent until the reset, and all go on then', () => {
    const state = running(playbook({ admission: { limit: 2 } }), facts('A', 'B', 'C'));
    const resetAt = state.run.now + 500_000;
    end(state, untilAttempt(state, 'A'), attemptEnd('A', { ending: 'limit', resetAt }));
    drive(state, (effect) => ('task' in effect && effect.task !== 'A' ? undefined : null));
    expect(state.run.parks).toEqual({ default: resetAt });
    expect(task(state, 'A')).toMatchObject({ status: 'ready', spent: {}, free: { park: 1 } });
    expect(task(state, 'C').attempts).toBe(0);
    tick(state, resetAt - state.run.now);
    expect(state.run.parks).toEqual({});
    drive(state);
    expect(state.run.outcome).toBe('done');
  });

  test('a limit without a reset lasts as the playbook says', () => {
    const state = running(playbook(), facts('A'));
    end(state, untilAttempt(state, 'A'), attemptEnd('A', { ending: 'limit' }));
    expect(state.run.parks).toEqual({ default: state.run.now + 900_000 });
  });

  test('a reset in the past cannot make it try for ever at one moment', () => {
    const state = running(playbook(), facts('A'));
    end(state, untilAttempt(state, 'A'), attemptEnd('A', { ending: 'limit', resetAt: 1 }));
    expect(state.run.parks.default).toBeGreaterThan(state.run.now);
  });

  test.each([
    ['lost', 'lost', 'same', { lost: [same, escalate as Rung] }, 'escalated'],
    ['context', 'handoff', 'fresh', { context: [{ do: 'handoff' }] }, 'failed'],
  ] as const)('%s has a bound of its own, then it counts like any other', (kind, counter, session, ladder, final) => {
    const bounds = { ...DEFAULT_BOUNDS, [counter]: 2 };
    const retry = { attempts: 2, bounds, ladder: { default: [same, giveUp as Rung], ...ladder } };
    const state = running(playbook({ retry }), facts('A'));
    attempts(state, 'A', [{ ending: kind }]);
    expect(task(state, 'A')).toMatchObject({ spent: {}, next: { session } });
    attempts(state, 'A', [{ ending: kind }]);
    expect(task(state, 'A')).toMatchObject({ spent: {}, free: { [counter]: 2 } });
    attempts(state, 'A', [{ ending: kind }]);
    expect(task(state, 'A').spent).toEqual({ work: 1 });
    attempts(state, 'A', [{ ending: kind }]);
    drive(state);
    expect(task(state, 'A')).toMatchObject({ status: final, attempts: 4 });
  });

  test('E15: all tries of a life together have a limit', () => {
    const state = running(playbook({ limits: { fences: 3 } }), facts('A'));
    attempts(state, 'A', [{ ending: 'lost' }, { ending: 'context' }, { ending: 'lost' }]);
    drive(state);
    expect(task(state, 'A')).toMatchObject({ status: 'escalated', fence: 3, failure: { class: 'lost' } });
  });
});

describe('E9: what the rungs do', () => {
  const drives = (rung: Rung, end2: Rung = { do: 'fail' }) =>
    running(playbook({ retry: { attempts: 3, ladder: { default: [rung, end2] } } }), facts('A', 'B<A'));

  test('same session: the session goes on, with the evidence', () => {
    const state = drives(same);
    attempts(state, 'A', [{ exitCode: 1 }]);
    untilAttempt(state, 'A');
    expect(effectOf(state, 'attempt')).toMatchObject({ session: 's-A', evidence: [{ code: 'exit-status' }] });
  });

  test('fresh session, thinking, model and agent: the next attempt has them, a later stage has not', () => {
    const other: Rung = { do: 'retry', session: 'fresh', think: 9, model: 'big', agent: 'second' };
    const stages = [agentStage('work'), agentStage('review', { expects: ['report'] })];
    const book = playbook({
      ways: [way('main', stages)],
      retry: { attempts: 3, ladder: { default: [other, giveUp as Rung] } },
    });
    const state = running(book, facts('A'));
    attempts(state, 'A', [{ exitCode: 1 }]);
    untilAttempt(state, 'A');
    expect(effectOf(state, 'attempt')).toMatchObject({ session: null, think: 9, model: 'big', agent: 'second' });
    attempts(state, 'A', [{}]);
    untilAttempt(state, 'A');
    expect(effectOf(state, 'attempt')).toMatchObject({
      stage: 'review',
      think: null,
      model: null,
      agent: 'default',
      evidence: [],
    });
  });

  test('at most three failures are told', () => {
    const state = running(playbook({ retry: { attempts: 9 } }), facts('A'));
    attempts(
      state,
      'A',
      [1, 2, 3, 4, 5].map((exitCode) => ({ exitCode, text: `exit ${exitCode}` })),
    );
    expect(task(state, 'A').next.evidence.map(({ text }) => text)).toEqual(['exit 3', 'exit 4', 'exit 5']);
  });

  test('escalate: the inbox asks, dependents wait', () => {
    const state = drives(same, escalate);
    attempts(state, 'A', [{ exitCode: 1 }, { exitCode: 1 }, { exitCode: 1 }]);
    drive(state);
    expect(task(state, 'A')).toMatchObject({ status: 'escalated', attempts: 3 });
    expect(task(state, 'B')).toMatchObject({ status: 'waiting', heldDeps: 1 });
    expect(state.run.outcome).toBe('waiting');
  });

  test('stop: the task fails and the whole run waits for a person', () => {
    const state = running(playbook({ retry: { attempts: 1, ladder: { default: [stop as Rung] } } }), facts('A', 'B'));
    attempts(state, 'A', [{ exitCode: 1 }]);
    drive(state);
    expect(task(state, 'A').status).toBe('failed');
    expect(task(state, 'B').attempts).toBe(0);
    expect(state.run).toMatchObject({ outcome: 'waiting', halt: { code: 'ladder-stop' } });
  });

  test('back: an earlier stage does its work again, told why', () => {
    const stages = [agentStage('work'), agentStage('review', { expects: ['report'] })];
    const ladder = { default: [same, giveUp as Rung], report: [back] };
    const state = running(playbook({ ways: [way('main', stages)], retry: { attempts: 3, ladder } }), facts('A'));
    attempts(state, 'A', [{}, { report: null, reportProblem: 'nothing' }]);
    untilAttempt(state, 'A');
    expect(effectOf(state, 'attempt')).toMatchObject({
      stage: 'work',
      session: null,
      evidence: [{ code: 'no-report' }],
    });
    expect(task(state, 'A').visits).toEqual({ work: 2, review: 1 });
  });

  test('exhausted: a route is taken while its stage may be entered, and the end after that', () => {
    const stages = [
      agentStage('work', { visits: 2 }),
      agentStage('test', { expects: ['report'], on: { exhausted: 'work' } }),
    ];
    const state = running(playbook({ ways: [way('main', stages)] }), facts('A'));
    drive(state, (effect) =>
      effect.kind === 'attempt' && effect.stage === 'test' ? attemptEnd('A', { exitCode: 1 }) : undefined,
    );
    expect(task(state, 'A')).toMatchObject({ status: 'failed', visits: { work: 2, test: 2 }, attempts: 6 });
  });

  test('attempts are per visit of a stage; a red gate spends those of the stage that repairs', () => {
    const stages = [agentStage('work'), gateStage('gates')];
    const state = running(playbook({ ways: [way('main', stages)] }), facts('A'));
    end(state, untilAttempt(state, 'A'), attemptEnd('A'));
    end(state, effectOf(state, 'gate').key, { kind: 'gate', gates: [], failure: failure('gate') });
    expect(task(state, 'A')).toMatchObject({ spent: { work: 1 }, failures: { work: { gate: 1 } }, stage: 0 });
  });

  test('T13: a merge conflict in the workspace escalates at once', () => {
    const state = running(playbook(), facts('A'));
    drive(state, (effect) => (effect.kind === 'prepare' ? { kind: 'prepare', failure: failure('merge') } : undefined));
    expect(task(state, 'A')).toMatchObject({ status: 'escalated', attempts: 1 });
  });
});
