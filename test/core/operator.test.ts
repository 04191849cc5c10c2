import { describe, expect, test } from 'vitest';
import { deadlockCause } from '../../src/core/deadlock.ts';
import { nextDeadline } from '../../src/core/expire.ts';
import { explain } from '../../src/core/explain.ts';
import { openItems } from '../../src/core/inbox.ts';
import { refusal } from '../../src/core/operator.ts';
import { summary } from '../../src/core/summary.ts';
import { view } from '../../src/core/view.ts';
import {
  attemptEnd,
  attempts,
  command,
  drive,
  effectOf,
  end,
  facts,
  failure,
  idle,
  inFlight,
  notes,
  only,
  playbook,
  report,
  running,
  send,
  start,
  statuses,
  task,
  tick,
  untilAttempt,
} from './build.ts';

const escalating = (choices = ['retry', 'skip', 'abandon', 'deprioritise', 'rescope', 'manual'] as const) =>
  playbook({ retry: { attempts: 1, ladder: { default: [{ do: 'escalate' }] } }, escalation: { choices } });

describe('E14: tasks', () => {
  test('skip counts as done for dependents, cancel does not, and the summary tells them apart', () => {
    const state = idle(playbook(), facts('A', 'B<A', 'C', 'D<C'));
    command(state, { do: 'skip', task: 'A' });
    command(state, { do: 'cancel', task: 'C' });
    start(state);
    drive(state);
    expect(statuses(state)).toEqual({ A: 'done', B: 'done', C: 'cancelled', D: 'waiting' });
    expect(summary(state)).toMatchObject({ completed: [{ id: 'B' }], skipped: ['A'], remaining: [{ id: 'D' }] });
  });

  test('cancel in flight stops the attempt and puts its work away; the ledger is told', () => {
    const state = running(playbook(), facts('A', 'B'));
    const key = untilAttempt(state, 'A');
    expect(command(state, { do: 'cancel', task: 'A' }).signals).toEqual([
      { kind: 'stop-attempt', key, reason: 'cancel' },
    ]);
    end(state, key, attemptEnd('A'));
    expect(drive(state, (effect) => ('task' in effect && effect.task === 'A' ? undefined : null))).toEqual([
      'record A',
      'cleanup A',
    ]);
    expect(statuses(state)).toEqual({ A: 'cancelled', B: 'running' });
  });

  test('retry starts a failed task over, with a fence that only rises', () => {
    const state = running(playbook(), facts('A'));
    attempts(state, 'A', [{ exitCode: 1 }, { exitCode: 1 }]);
    drive(state);
    command(state, { do: 'retry', task: 'A' });
    start(state);
    expect(task(state, 'A')).toMatchObject({ status: 'running', fence: 3, spent: {} });
  });

  test.each([
    ['retry', 'A', 'A is running; cancel it first'],
    ['skip', 'A', 'A is running; cancel it first'],
    ['release', 'A', 'A is running, not blocked'],
    ['retry', 'B', 'B is ready; only failed, blocked, escalated and cancelled tasks can be tried again'],
    ['skip', 'D', 'D is done'],
    ['cancel', 'D', 'D is done'],
    ['cancel', 'X', 'there is no task X'],
    ['cancel', 'A', null],
    ['skip', 'B', null],
  ] as const)('%s %s is refused: %s', (what, id, text) => {
    const state = running(playbook(), facts('A', 'B', { id: 'D', word: 'done' }));
    expect(refusal(state, { do: what, task: id })).toBe(text);
    if (text === null) return;
    const before = JSON.stringify([...state.tasks.values()]);
    expect(notes(command(state, { do: what, task: id }))).toEqual(['refused']);
    expect(JSON.stringify([...state.tasks.values()])).toBe(before);
  });
});

describe('E14: the run', () => {
  test('pause starts nothing and ends nothing; resume goes on', () => {
    const state = running(playbook(), facts('A', 'B'));
    command(state, { do: 'pause' });
    drive(state);
    expect(statuses(state)).toEqual({ A: 'done', B: 'ready' });
    expect(state.run.status).toBe('paused');
    command(state, { do: 'resume' });
    expect(inFlight(state)).toEqual(['B']);
  });

  test('drain lets go on what runs, starts nothing, and ends', () => {
    const state = running(playbook(), facts('A', 'B'));
    command(state, { do: 'drain' });
    drive(state);
    expect(statuses(state)).toEqual({ A: 'done', B: 'ready' });
    expect(state.run).toMatchObject({ status: 'ended', outcome: 'interrupted' });
  });

  test('stop ends what runs and spends no attempt; the next run goes on with it', () => {
    const state = running(playbook(), facts('A', 'B'));
    const key = untilAttempt(state, 'A');
    expect(command(state, { do: 'stop' }).signals).toEqual([{ kind: 'stop-attempt', key, reason: 'stop' }]);
    end(state, key, attemptEnd('A', { ending: 'stopped' }));
    expect(state.run.outcome).toBe('interrupted');
    expect(task(state, 'A')).toMatchObject({ status: 'ready', spent: {} });
    start(state);
    expect(inFlight(state)).toEqual(['A']);
  });

  test('E2: an effect that failed stays outstanding, halts the run, and is performed by the next', () => {
    const state = running(playbook(), facts('A', 'B'));
    const { key } = effectOf(state, 'record', 'A');
    send(state, { type: 'effect-failed', key, failure: failure('document', { code: 'ledger-conflict' }) });
    expect(openItems(state)).toMatchObject([{ kind: 'conflict' }]);
    expect(state.run.outcome).toBe('waiting');
    start(state);
    expect(state.effects.has(key)).toBe(true);
    drive(state);
    expect(state.run.outcome).toBe('done');
  });

  test('W1: the last steps are done once, though time passes and an effect of a task is stuck', () => {
    const handoff = { name: 'hand over', do: 'handoff' } as const;
    const state = running(playbook({ steps: { afterRun: [handoff] } }), facts('A'));
    send(state, { type: 'effect-failed', key: effectOf(state, 'record').key, failure: failure('document') });
    tick(state);
    end(state, effectOf(state, 'step').key, { kind: 'step', failure: null, text: '' });
    expect(state.run.status).toBe('ended');
    expect([...state.effects.values()].map(({ kind }) => kind)).toEqual(['record']);
  });
});

describe('inbox answers', () => {
  test.each([
    ['retry', 'running'],
    ['manual', 'running'],
    ['rescope', 'running'],
    ['skip', 'done'],
    ['abandon', 'cancelled'],
  ] as const)('K9: %s', (choice, status) => {
    const state = running(escalating(), facts('A'));
    attempts(state, 'A', [{ exitCode: 1 }]);
    drive(state);
    const [item] = openItems(state);
    const answer = { do: 'answer', item: item?.id ?? '', choice, text: 'only the first half' } as const;
    command(state, answer);
    drive(state);
    start(state);
    expect(task(state, 'A').status).toBe(status);
    expect(item).toMatchObject({ answer: choice });
    if (choice === 'rescope') expect(task(state, 'A').next.evidence).toMatchObject([{ text: 'only the first half' }]);
    expect(refusal(state, answer)).toContain('was answered before');
  });

  test('K9: deprioritise puts it behind all others', () => {
    const state = running(escalating(), facts('A', 'B', 'C'));
    attempts(state, 'A', [{ exitCode: 1 }]);
    drive(state, only(['record', 'cleanup'], 'A'));
    command(state, { do: 'answer', item: openItems(state)[0]?.id ?? '', choice: 'deprioritise', text: '' });
    expect(drive(state).filter((line) => line.startsWith('attempt'))).toEqual(['attempt B', 'attempt C', 'attempt A']);
  });
});

describe('E11: explain', () => {
  const codes = (state: Parameters<typeof explain>[0], id: string) =>
    explain(state, id)?.reasons.map(({ code }) => code);

  test('each reason code of what waits', () => {
    const state = running(
      playbook({ limits: { budgetTokens: 100 } }),
      facts(
        { id: 'A', branch: 'x', phase: 'P1' },
        { id: 'B', branch: 'x', priority: 1 },
        { id: 'C', phase: 'P2' },
        'D<B,X',
        { id: 'E', word: 'active' },
        { id: 'F', word: 'failed' },
        { id: 'G', word: 'cancelled' },
        { id: 'H', word: 'done' },
      ),
    );
    command(state, { do: 'pause' });
    expect(codes(state, 'nobody')).toBeUndefined();
    expect(Object.fromEntries([...state.tasks.keys()].map((id) => [id, codes(state, id)]))).toEqual({
      A: ['running'],
      B: ['paused', 'resource', 'limit'],
      C: ['phase', 'paused', 'limit'],
      D: ['dependency', 'missing-dependency', 'paused', 'limit'],
      E: ['foreign'],
      F: ['failed'],
      G: ['cancelled'],
      H: ['done'],
    });
  });

  test('selection, park, budget, halt, broken ledger and a run that is over', () => {
    const state = idle(playbook({ limits: { budgetTokens: 50 } }), facts('A', 'B'));
    expect(codes(state, 'A')).toEqual(['not-running']);
    start(state, { only: ['A'] });
    end(state, untilAttempt(state, 'A'), attemptEnd('A', { ending: 'limit' }));
    expect(codes(state, 'A')).toEqual(['park', 'budget']);
    expect(codes(state, 'B')).toEqual(['selection', 'park', 'budget']);
    send(state, { type: 'ledger-broken', text: 'no row' });
    expect(codes(state, 'A')).toEqual(['ledger-broken', 'park', 'budget']);
  });

  test('a blocker is named, and what escalated names its item', () => {
    const state = running(playbook(), facts('A'));
    end(
      state,
      untilAttempt(state, 'A'),
      attemptEnd('A', { report: report('A', { status: 'blocked', notes: 'key', blockedBy: ['Z'] }) }),
    );
    drive(state);
    expect(explain(state, 'A')?.reasons).toMatchObject([{ code: 'blocked', on: 'Z' }]);
  });
});

describe('E10: deadlock', () => {
  test('a cycle is named', () => {
    const state = running(playbook(), facts('A<C', 'B<A', 'C<B', 'D<A'));
    expect([...(deadlockCause(state)?.cycle ?? [])].sort()).toEqual(['A', 'B', 'C']);
    expect(state.run.outcome).toBe('deadlock');
  });

  test('a phase that waits for a later one is a cycle, too', () => {
    const state = running(playbook(), facts({ id: 'A', phase: 'P1', dependsOn: ['B'] }, { id: 'B', phase: 'P2' }));
    expect([...(deadlockCause(state)?.cycle ?? [])].sort()).toEqual(['A', 'B']);
  });

  test('the smallest set to release: what holds, and not what is held or beside it', () => {
    const rows = facts(
      { id: 'A', word: 'failed' },
      'B<A',
      'C<B',
      { id: 'D', word: 'failed' },
      { id: 'E', word: 'active' },
      'F<E,C',
    );
    const state = running(playbook(), rows);
    expect(deadlockCause(state)).toMatchObject({
      cycle: null,
      release: ['A', 'E'],
      waiting: ['B', 'C', 'F'],
      unreachable: [],
    });
  });

  test('what does not exist is said to be unreachable', () => {
    expect(deadlockCause(running(playbook(), facts('A<X')))).toMatchObject({ release: [], unreachable: ['X'] });
  });
});

describe('E6: time', () => {
  test('an attempt runs out of time once; a clock that goes back moves nothing back', () => {
    const state = running(playbook(), facts('A'));
    const key = untilAttempt(state, 'A');
    const deadline = task(state, 'A').deadline ?? 0;
    expect(nextDeadline(state)).toBe(deadline);
    expect(send(state, { type: 'tick', at: deadline - 1 }).entry).toBeNull();
    expect(send(state, { type: 'tick', at: deadline }).signals).toEqual([
      { kind: 'stop-attempt', key, reason: 'timeout' },
    ]);
    expect(send(state, { type: 'tick', at: 5 }).signals).toEqual([]);
    expect(state.run.now).toBe(deadline);
    expect(nextDeadline(state)).toBeNull();
    end(state, key, attemptEnd('A', { ending: 'stopped' }));
    expect(task(state, 'A').failure).toMatchObject({ class: 'timeout' });
  });

  test('E15: a run has a longest time', () => {
    const state = running(playbook({ limits: { runMs: 10_000 } }), facts('A', 'B'));
    tick(state, 10_000);
    drive(state);
    expect(statuses(state)).toEqual({ A: 'done', B: 'ready' });
    expect(state.run.halt?.code).toBe('run-time');
  });
});

test('T10: the view counts statuses, estimates and what was used', () => {
  const state = running(playbook(), facts({ id: 'A', estimate: 5000 }, { id: 'B', estimate: 100, word: 'failed' }));
  drive(state);
  expect(view(state)).toMatchObject({
    run: { status: 'ended', outcome: 'failed' },
    counts: { done: 1, failed: 1, ready: 0 },
    progress: { done: 1, total: 2, estimatedTokens: 5100, estimatedDoneTokens: 5000, usedTokens: 100, costUsd: 0.5 },
  });
});
