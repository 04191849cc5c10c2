import { describe, expect, test } from 'vitest';
import type { TaskFact } from '../../src/core/fact.ts';
import type { LedgerWord } from '../../src/core/playbook.ts';
import {
  attemptEnd,
  attempts,
  command,
  drive,
  effectOf,
  end,
  fact,
  facts,
  idle,
  inFlight,
  notes,
  observe,
  only,
  playbook,
  running,
  send,
  start,
  statuses,
  task,
  untilAttempt,
} from './build.ts';

const said = (row: TaskFact | undefined, word: LedgerWord): TaskFact => {
  if (row === undefined) throw new Error('no row');
  return { ...row, word, ledgerStatus: playbook().ledger.words[word] };
};

describe('rows', () => {
  test.each([
    ['open', 'ready'],
    ['active', 'blocked'],
    ['done', 'done'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
  ] as const)('a row that is %s when first seen is %s', (word, status) => {
    const state = idle(playbook(), facts({ id: 'A', word }));
    expect(task(state, 'A')).toMatchObject({ status, fence: 0 });
    expect(task(state, 'A').hold).toEqual(word === 'active' ? { why: 'foreign' } : null);
  });

  test('new rows join a live run', () => {
    const state = running(playbook({ admission: { limit: 2 } }), facts('A'));
    observe(state, [fact('N', { order: 5 })]);
    expect(inFlight(state)).toEqual(['A', 'N']);
  });

  test('a removed row that was never begun is gone at once; what depends on it waits for it', () => {
    const state = running(playbook(), facts('A', { id: 'B', priority: 1 }, 'C<B'));
    observe(state, [], { gone: ['B'] });
    expect(statuses(state)).toEqual({ A: 'running', C: 'waiting' });
    observe(state, [fact('B', { order: 1 })]);
    expect(task(state, 'C').openDeps).toBe(1);
    drive(state);
    expect(state.run.outcome).toBe('done');
  });

  test('a removed row in flight is stopped, its work is put away, and its fence is never used again', () => {
    const state = running(playbook(), facts('A', 'B'));
    const key = untilAttempt(state, 'A');
    const { signals } = observe(state, [], { gone: ['A'] });
    expect(signals).toEqual([{ kind: 'stop-attempt', key, reason: 'person' }]);
    end(state, key, attemptEnd('A', { ending: 'stopped' }));
    expect(effectOf(state, 'cleanup', 'A').keep).toBe(false);
    drive(state, only(['cleanup'], 'A'));
    expect(state.tasks.has('A')).toBe(false);
    expect(state.run.retired).toEqual({ A: 2 });
    observe(state, facts('A'));
    expect(task(state, 'A').fence).toBe(2);
  });

  test('renamed dependencies are drawn anew', () => {
    const state = running(playbook(), facts('A', 'B<A', 'C'));
    observe(state, [fact('B', { order: 1, dependsOn: ['C'] })]);
    drive(state, (effect) => ('task' in effect && effect.task !== 'B' ? undefined : null));
    expect(task(state, 'B')).toMatchObject({ openDeps: 0, depth: 0 });
    expect(task(state, 'C').depth).toBe(1);
    expect(task(state, 'A').depth).toBe(0);
    observe(state, [], { gone: ['B'] });
    drive(state);
    expect(task(state, 'C').depth).toBe(0);
  });

  test('E11: a task inherits what its ancestors wait for, whatever they are, and no longer when those are gone', () => {
    const rows = [
      fact('P', { dependsOn: ['X'] }),
      fact('K', { order: 1, parent: 'P' }),
      fact('X', { order: 2 }),
      fact('Y', { order: 3 }),
    ];
    const state = idle(playbook(), rows);
    expect(task(state, 'K').openDeps).toBe(1);
    observe(state, [fact('P', { dependsOn: ['X', 'Y'] })]);
    expect(task(state, 'K').openDeps).toBe(2);
    observe(state, [], { gone: ['P'] });
    expect(task(state, 'K')).toMatchObject({ openDeps: 0, status: 'ready' });
  });

  test('a task that moves to a later phase waits for it, and shuts what was behind its new one', () => {
    const state = running(
      playbook(),
      facts({ id: 'A', phase: 'P1' }, { id: 'B', phase: 'P1' }, { id: 'C', phase: 'P2' }),
    );
    observe(state, [fact('B', { order: 1, phase: 'P2' })]);
    expect(task(state, 'B').status).toBe('waiting');
    drive(state, (effect) => ('task' in effect && effect.task === 'A' ? undefined : null));
    expect(statuses(state)).toMatchObject({ B: 'running', C: 'ready' });
  });

  test('a broken ledger starts nothing new, ends nothing, and is over with the next good one', () => {
    const state = running(playbook({ admission: { limit: 2 } }), facts('A'));
    send(state, { type: 'ledger-broken', text: 'tasks.md:3:1: no row' });
    drive(state);
    expect(task(state, 'A').status).toBe('done');
    expect(state.run.status).toBe('running');
    observe(state, [fact('B', { order: 1 })]);
    expect(inFlight(state)).toEqual(['B']);
  });

  test('nobody mends the ledger: the run waits for a person in the end', () => {
    const again = running(playbook({ steps: { giveUpMs: 5000 } }), facts('A', 'B'));
    send(again, { type: 'ledger-broken', text: 'no row' });
    drive(again);
    send(again, { type: 'tick', at: again.run.now + 5000 });
    expect(again.run.outcome).toBe('waiting');
  });
});

describe("section 4: a person's word", () => {
  test.each([
    ['done', 'done'],
    ['failed', 'failed'],
    ['active', 'blocked'],
  ] as const)('%s, for a task that waits, holds and is not written again', (word, status) => {
    const state = running(playbook(), facts('A', 'B'));
    const result = observe(state, [said(task(state, 'B').fact, word)]);
    expect(notes(result)).toContain('person-set');
    expect(task(state, 'B').status).toBe(status);
    expect(drive(state)).not.toContain('record B');
  });

  test.each([
    ['done', 'done'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['open', 'ready'],
  ] as const)('%s, for a task in flight, ends the attempt first and is taken then', (word, status) => {
    // The table has one spelling for failed and cancelled.
    const book = playbook({ ledger: { words: { ...playbook().ledger.words, cancelled: 'cancelled' } } });
    const state = running(book, facts('A'));
    const key = untilAttempt(state, 'A');
    const { fact: row } = task(state, 'A');
    const { signals } = observe(state, [{ ...row, word, ledgerStatus: `${book.ledger.words[word]}!` }]);
    expect(signals).toEqual([{ kind: 'stop-attempt', key, reason: 'person' }]);
    expect(task(state, 'A').status).toBe('running');
    command(state, { do: 'pause' });
    const ended = end(state, key, attemptEnd('A', { ending: 'stopped' }));
    expect(notes(ended)).toContain('person-set');
    expect(task(state, 'A')).toMatchObject({ status, override: null });
    expect([...state.effects.values()].filter(({ kind }) => kind === 'record')).toEqual([]);
  });

  test("our own words are not taken for a person's", () => {
    const state = running(playbook(), facts('A'));
    const { fact: row } = task(state, 'A');
    untilAttempt(state, 'A');
    expect(notes(observe(state, [said(row, 'active')]))).toEqual([]);
    drive(state);
    expect(notes(observe(state, [said(row, 'done')]))).toEqual([]);
    expect(task(state, 'A')).toMatchObject({ status: 'done', override: null });
  });

  test('a failed row that a person opens again starts over', () => {
    const state = running(playbook(), facts('A'));
    attempts(state, 'A', [{ exitCode: 1 }, { exitCode: 1 }]);
    drive(state);
    observe(state, [said(task(state, 'A').fact, 'failed')]);
    start(state);
    observe(state, [said(task(state, 'A').fact, 'open')]);
    start(state);
    expect(task(state, 'A')).toMatchObject({ status: 'running', spent: {}, fence: 3 });
  });

  test('a foreign row that becomes open is ours to start', () => {
    const state = running(playbook(), facts({ id: 'A', word: 'active' }, 'B'));
    expect(statuses(state)).toEqual({ A: 'blocked', B: 'running' });
    observe(state, [said(task(state, 'A').fact, 'open')]);
    expect(drive(state)).toContain('attempt A');
  });
});
