import { describe, expect, test } from 'vitest';
import type { TaskFact } from '../../src/core/fact.ts';
import type { OrderKey, Playbook } from '../../src/core/playbook.ts';
import { readyInOrder } from '../../src/core/ready.ts';
import {
  agentStage,
  attemptEnd,
  attempts,
  command,
  drive,
  effectOf,
  end,
  facts,
  failure,
  gateStage,
  idle,
  inFlight,
  notes,
  observe,
  only,
  playbook,
  report,
  running,
  start,
  statuses,
  task,
  tick,
  untilAttempt,
  way,
} from './build.ts';

const wide = (over: Partial<Playbook['admission']> = {}) => playbook({ admission: { limit: 9, ...over } });

describe('E5: what starts', () => {
  test.each([1, 2, 5])('never more than the limit (%i)', (limit) => {
    const state = running(playbook({ admission: { limit } }), facts('A', 'B', 'C'));
    expect(inFlight(state)).toEqual(['A', 'B', 'C'].slice(0, limit));
  });

  test('the limit of this run holds instead of the playbook, and only for this run', () => {
    const state = idle(playbook({ admission: { limit: 1 } }), facts('A', 'B', 'C'));
    start(state, { limit: 2 });
    expect(inFlight(state)).toEqual(['A', 'B']);
    command(state, { do: 'stop' });
    drive(state);
    start(state);
    expect(inFlight(state)).toEqual(['A']);
  });

  test('only the selected tasks', () => {
    const state = idle(wide(), facts('A', 'B', 'C'));
    start(state, { only: ['C', 'B'] });
    expect(inFlight(state)).toEqual(['B', 'C']);
    drive(state);
    expect(state.run.outcome).toBe('done');
    start(state);
    expect(inFlight(state)).toEqual(['A']);
  });

  test('nothing before its dependencies are done; a done dependency in the ledger counts', () => {
    const rows = facts('A', 'B<A', 'C<A,B', { id: 'D', word: 'done' }, 'E<D');
    const state = running(wide(), rows);
    expect(inFlight(state)).toEqual(['A', 'E']);
    drive(state, (effect) => ('task' in effect && effect.task === 'A' ? undefined : null));
    expect(inFlight(state)).toEqual(['B', 'E']);
    expect(task(state, 'C')).toMatchObject({ status: 'waiting', openDeps: 1 });
  });

  test('a dependency that does not exist, or itself, or a cycle: it waits', () => {
    const state = running(wide(), facts('A<X', 'B<C', 'C<B'));
    expect(statuses(state)).toEqual({ A: 'waiting', B: 'waiting', C: 'waiting' });
    expect(state.run.outcome).toBe('deadlock');
  });

  test('nothing before the run begins, and nothing of a broken ledger until it is mended', () => {
    const state = idle(playbook(), facts('A', 'B'));
    expect(inFlight(state)).toEqual([]);
    start(state);
    const mended = facts('A', 'B');
    drive(state, (effect) => (effect.kind === 'push' ? null : undefined));
    const broken = { type: 'ledger-broken', text: 'tasks.md:3:1: no row', at: state.run.now + 1 } as const;
    expect(notes(command(state, { do: 'resume' }))).toEqual(['refused']);
    state.run.brokenLedger = { text: broken.text, since: broken.at };
    drive(state);
    expect(statuses(state)).toEqual({ A: 'done', B: 'ready' });
    observe(state, mended);
    expect(inFlight(state)).toEqual(['B']);
  });

  test('phases in order: the second opens when all of the first is done, not when it is settled', () => {
    const rows = facts({ id: 'A', phase: 'P1' }, { id: 'B', phase: 'P1' }, { id: 'C', phase: 'P2' }, 'D');
    const state = running(wide(), rows);
    expect(inFlight(state)).toEqual(['A', 'B', 'D']);
    attempts(state, 'A', [{ exitCode: 1 }, { exitCode: 1 }]);
    drive(state);
    expect(statuses(state)).toEqual({ A: 'failed', B: 'done', C: 'waiting', D: 'done' });
    command(state, { do: 'skip', task: 'A' });
    start(state);
    expect(inFlight(state)).toEqual(['C']);
  });

  test('one exclusive resource, one task; it is free again when its workspace is put away', () => {
    const rows = facts(
      { id: 'A', branch: 'x' },
      { id: 'B', branch: 'x' },
      { id: 'C', branch: 'y' },
      { id: 'D', branch: 'x', repo: 'r' },
    );
    const state = running(wide(), rows);
    expect(inFlight(state)).toEqual(['A', 'C', 'D']);
    drive(state, (effect) =>
      effect.kind === 'cleanup' || ('task' in effect && effect.task !== 'A') ? null : undefined,
    );
    expect(statuses(state)).toMatchObject({ A: 'done', B: 'ready' });
    end(state, effectOf(state, 'cleanup', 'A').key, { kind: 'cleanup' });
    expect(inFlight(state)).toEqual(['B', 'C', 'D']);
  });

  test('K3: a cap of a stage counts those that rest there as well', () => {
    const stages = [agentStage('work'), agentStage('review', { expects: ['report'] })];
    const book = playbook({ admission: { limit: 9, caps: { work: 2 } }, ways: [way('main', stages)] });
    const state = running(book, facts('A', 'B', 'C'));
    expect(inFlight(state)).toEqual(['A', 'B']);
    end(state, untilAttempt(state, 'A'), attemptEnd('A', { report: report('A', { status: 'blocked', notes: 'key' }) }));
    drive(state, only(['record', 'cleanup'], 'A'));
    expect(statuses(state)).toMatchObject({ A: 'blocked', C: 'ready' });
    // B is through with the work: its place is C's.
    end(state, untilAttempt(state, 'B'), attemptEnd('B'));
    expect(inFlight(state)).toEqual(['B', 'C']);
  });

  test('a parked agent starts nothing; another agent does', () => {
    const ways = [
      way('other', [agentStage('work', { agent: 'second' })], { match: { kind: ['x'] } }),
      way('main', [agentStage('work')]),
    ];
    const state = running(playbook({ ways }), facts('A', 'B', { id: 'C', kind: 'x' }));
    end(state, untilAttempt(state, 'A'), attemptEnd('A', { ending: 'limit', resetAt: state.run.now + 50_000 }));
    expect(inFlight(state)).toEqual(['C']);
    tick(state, 50_000);
    drive(state, only(['record', 'prepare', 'attempt', 'cleanup'], 'C'));
    expect(inFlight(state)).toEqual(['A']);
  });

  test.each([
    ['tokens', { budgetTokens: 200 }],
    ['money', { budgetUsd: 1 }],
  ] as const)('E15: the budget of %s is looked at before each start', (_what, limits) => {
    const state = running(playbook({ limits }), facts('A', 'B', 'C'));
    drive(state);
    expect(statuses(state)).toEqual({ A: 'done', B: 'done', C: 'ready' });
    expect(state.run).toMatchObject({ outcome: 'waiting', halt: { code: 'budget' } });
    start(state);
    expect(inFlight(state)).toEqual(['C']);
  });

  test('K1: nothing starts before the preflight passed, one check after the other; it is tried again, and given up', () => {
    const check = (name: string) => ({ name, do: 'check' as const, run: 'true', timeoutMs: 1 });
    const book = playbook({ steps: { preflight: [check('one'), check('two')], recheckMs: 1000, giveUpMs: 5000 } });
    const state = running(book, facts('A', 'B'));
    const fails = () => end(state, effectOf(state, 'step').key, { kind: 'step', failure: failure('config'), text: '' });
    expect(inFlight(state)).toEqual([]);
    fails();
    expect(state.effects.size).toBe(0);
    tick(state, 999);
    expect(state.effects.size).toBe(0);
    // A tick that brings no news is as if it had not been.
    tick(state, 1000);
    end(state, effectOf(state, 'step').key, { kind: 'step', failure: null, text: '' });
    expect(effectOf(state, 'step').step.name).toBe('two');
    end(state, effectOf(state, 'step').key, { kind: 'step', failure: null, text: '' });
    expect(inFlight(state)).toEqual(['A']);
    command(state, { do: 'stop' });
    drive(state);
    start(state);
    fails();
    tick(state, 6000);
    expect(state.run.halt?.code).toBe('preflight');
  });

  test('C2: a container is never started; it is done when its children are, and what it needs they need', () => {
    const ways = [way('feature', [], { container: true, match: { kind: ['feature'] } }), ...playbook().ways];
    const rows = facts(
      'X',
      { id: 'F', kind: 'feature', dependsOn: ['X'] },
      { id: 'A', parent: 'F' },
      { id: 'B', parent: 'F' },
      'Y<F',
    );
    const state = running(playbook({ ways, admission: { limit: 9 } }), rows);
    expect(inFlight(state)).toEqual(['X']);
    drive(state, (effect) => ('task' in effect && ['A', 'B', 'Y'].includes(effect.task) ? null : undefined));
    expect(inFlight(state)).toEqual(['A', 'B']);
    const done = drive(state);
    expect(done.filter((line) => line.endsWith(' F'))).toEqual(['record F']);
    expect(done.indexOf('record F')).toBeLessThan(done.indexOf('attempt Y'));
    expect(state.run.outcome).toBe('done');
  });

  test('a way that begins with gates begins there', () => {
    const state = running(playbook({ ways: [way('main', [gateStage('before'), agentStage('work')])] }), facts('A'));
    drive(state);
    expect([...state.inbox.values()][0]?.text).toBe('A: stage before has no commit to run gates on');
  });
});

describe('E5: the order is a policy', () => {
  const order = (keys: readonly OrderKey[], rows: readonly TaskFact[], ways?: Playbook['ways']) =>
    readyInOrder(idle(playbook({ admission: { order: keys }, ...(ways ? { ways } : {}) }), rows));

  test('priority: lower first; the document decides between equals', () => {
    expect(
      order(['priority'], facts({ id: 'A', priority: 2 }, { id: 'B', priority: 1 }, { id: 'C', priority: 1 })),
    ).toEqual(['B', 'C', 'A']);
  });

  test('critical-path: the longest chain that waits goes first', () => {
    expect(order(['critical-path'], facts('A', 'B', 'C', 'D<B', 'E<C', 'F<E'))).toEqual(['C', 'B', 'A']);
  });

  test('document', () => {
    expect(order(['document'], facts({ id: 'B', priority: 9 }, { id: 'A' }))).toEqual(['B', 'A']);
  });

  test('id', () => {
    expect(order(['id'], facts('B', 'C', 'A'))).toEqual(['A', 'B', 'C']);
  });

  test('nearest-done: later stages first', () => {
    const stages = [agentStage('work'), agentStage('review', { expects: ['report'] })];
    const book = playbook({
      ways: [way('main', stages)],
      admission: { limit: 2, order: ['nearest-done', 'document'] },
    });
    const state = running(book, facts('A', 'B', 'C'));
    command(state, { do: 'pause' });
    end(state, untilAttempt(state, 'B'), attemptEnd('B'));
    end(state, untilAttempt(state, 'A'), attemptEnd('A', { exitCode: 1 }));
    expect(readyInOrder(state)).toEqual(['B', 'A', 'C']);
  });

  test('blockers: what others are blocked by goes first', () => {
    const state = running(playbook({ admission: { order: ['blockers', 'document'] } }), facts('A', 'B', 'C'));
    end(
      state,
      untilAttempt(state, 'A'),
      attemptEnd('A', { report: report('A', { status: 'blocked', notes: 'C', blockedBy: ['C'] }) }),
    );
    expect(readyInOrder(state)[0]).toBe('C');
    drive(state, only(['record'], 'A'));
    expect(inFlight(state)).toEqual(['C']);
  });

  test('current-parent: the feature that was begun goes on', () => {
    const ways = [way('feature', [], { container: true, match: { kind: ['feature'] } }), ...playbook().ways];
    const rows = facts(
      { id: 'F', kind: 'feature' },
      { id: 'G', kind: 'feature' },
      { id: 'A', parent: 'F' },
      { id: 'B', parent: 'G' },
      { id: 'C', parent: 'F' },
    );
    const state = running(playbook({ ways, admission: { order: ['current-parent', 'document'] } }), rows);
    expect(drive(state).filter((line) => line.startsWith('attempt'))).toEqual(['attempt A', 'attempt C', 'attempt B']);
  });

  test('what was begun goes before what was not, and what a person put last goes last', () => {
    const state = running(playbook({ admission: { limit: 2, order: ['document'] } }), facts('A', 'B', 'C'));
    command(state, { do: 'pause' });
    attempts(state, 'B', [{ exitCode: 1 }]);
    attempts(state, 'A', [{ exitCode: 1 }]);
    task(state, 'A').isLast = true;
    expect(readyInOrder(state)).toEqual(['B', 'C', 'A']);
  });
});
