import { expect, test } from 'vitest';
import {
  agentStage,
  attemptEnd,
  attempts,
  drive,
  effectOf,
  end,
  facts,
  landStage,
  observe,
  playbook,
  report,
  running,
  send,
  task,
  untilAttempt,
  way,
} from './build.ts';

test('T3 E8: a task of the table is recorded, prepared, worked on, gated, pushed, recorded and cleaned up', () => {
  const state = running(playbook(), facts('A', 'B<A'));
  const perTask = ['record', 'prepare', 'attempt', 'gate', 'push', 'record', 'cleanup'];
  // A's cleanup is decided with its end, beside what begins B.
  expect(drive(state)).toEqual([...perTask.map((kind) => `${kind} A`), ...perTask.map((kind) => `${kind} B`)]);
  expect(state.run).toMatchObject({ status: 'ended', outcome: 'done', tokens: 200, costUsd: 1 });
  expect(task(state, 'B')).toMatchObject({ status: 'done', fence: 1, attempts: 1, holds: [], commit: 'c-B-1' });
  expect(state.effects.size).toBe(0);
});

test('T3: the ledger says in progress with agent and time before anything is spawned, and done with what was used', () => {
  const state = running(playbook(), facts('A'));
  const startedAt = state.run.now;
  expect([...state.effects.values()]).toEqual([
    {
      kind: 'record',
      key: 'A/1/1-record',
      task: 'A',
      fence: 1,
      change: { word: 'active', seen: ['not-started'], place: null, mark: null, agent: 'default', startedAt },
    },
  ]);
  drive(state, (effect) => (effect.kind === 'record' && effect.change.word === 'done' ? null : undefined));
  const { change } = effectOf(state, 'record', 'A');
  expect(change).toMatchObject({ word: 'done', seen: ['not-started', 'in-progress'], usedTokens: 100 });
  expect(change.completedAt).toBeGreaterThan(startedAt);
  expect(task(state, 'A').status).toBe('queued');
});

test('T6: gates run on exactly the verified commit; red goes back to the worker with the output', () => {
  const state = running(playbook(), facts('A'));
  end(
    state,
    untilAttempt(state, 'A'),
    attemptEnd('A', { work: { head: 'abc', start: 'b', isChanged: true, claimProblem: null } }),
  );
  const gate = effectOf(state, 'gate', 'A');
  expect(gate.commit).toBe('abc');
  end(state, gate.key, {
    kind: 'gate',
    gates: [
      { name: 'lint', passed: true, ms: 1, output: '' },
      { name: 'test', passed: false, ms: 1, output: '1 failed' },
    ],
    failure: null,
  });
  untilAttempt(state, 'A');
  expect(effectOf(state, 'attempt', 'A')).toMatchObject({
    fence: 2,
    stage: 'work',
    session: 's-A',
    evidence: [{ class: 'gate', code: 'gate-red', text: 'gate test is red', evidence: '1 failed' }],
  });
  // The second attempt is the last one.
  drive(state, (effect) =>
    effect.kind === 'gate'
      ? { kind: 'gate', gates: [{ name: 'test', passed: false, ms: 1, output: '' }], failure: null }
      : undefined,
  );
  expect(task(state, 'A')).toMatchObject({ status: 'failed', attempts: 2 });
  expect(state.run.outcome).toBe('failed');
});

test('T7: a blocker is noted, the row stays in progress, no attempt is spent, and the next task goes on', () => {
  const state = running(playbook(), facts('A', 'B'));
  end(
    state,
    untilAttempt(state, 'A'),
    attemptEnd('A', { report: report('A', { status: 'blocked', notes: 'needs a key' }) }),
  );
  expect(effectOf(state, 'record', 'A').change).toMatchObject({ word: 'active', note: 'blocked: needs a key' });
  drive(state);
  expect(task(state, 'A')).toMatchObject({ status: 'blocked', spent: {}, attempts: 1 });
  expect(task(state, 'B').status).toBe('done');
  expect(state.run.outcome).toBe('deadlock');
});

test('C7: a task that named a task as its blocker goes on by itself in its session when that one is done', () => {
  const state = running(playbook(), facts('A', 'B'));
  const blocked = { status: 'blocked', notes: 'after B', blockedBy: ['B'] } as const;
  end(state, untilAttempt(state, 'A'), attemptEnd('A', { report: report('A', blocked) }));
  const order = drive(state).filter((line) => line.startsWith('attempt'));
  expect(order).toEqual(['attempt B', 'attempt A']);
  expect(task(state, 'A')).toMatchObject({ status: 'done', attempts: 2 });
});

test('E9: the sixth blocker of a task is one too many', () => {
  const state = running(playbook(), facts('A'));
  for (let round = 1; round <= 6; round += 1) {
    attempts(state, 'A', [{ report: report('A', { status: 'blocked', notes: `no ${round}` }) }]);
    drive(state);
    if (round === 6) break;
    expect(task(state, 'A').status).toBe('blocked');
    send(state, { type: 'operator', command: { do: 'release', task: 'A' } });
    send(state, { type: 'run-started', only: null, limit: null });
  }
  expect(task(state, 'A').status).toBe('escalated');
});

test('M6: a landing that collects takes exactly the named paths', () => {
  const stages = [agentStage('work'), landStage('land', 'collect', { paths: ['out/{id}.md', 'all/{phase}'] })];
  const state = running(playbook({ ways: [way('main', stages)] }), facts({ id: 'A', phase: 'P1' }));
  drive(state, (effect) => (effect.kind === 'collect' ? null : undefined));
  expect(effectOf(state, 'collect', 'A')).toMatchObject({ commit: 'c-A-1', paths: ['out/A.md', 'all/P1'] });
  drive(state);
  expect(task(state, 'A')).toMatchObject({ status: 'done', landed: 'landed-A' });
});

test('T13: the verified commits of dependencies in the same repository are merged in first, or not', () => {
  for (const [deps, expected] of [
    ['merge', [{ task: 'A', commit: 'c-A-1' }]],
    ['ignore', []],
  ] as const) {
    const rows = facts('A', { id: 'X', repo: 'other' }, 'B<A,X');
    const state = running(playbook({ workspace: { deps } }), rows);
    drive(state, (effect) => (effect.kind === 'prepare' && effect.task === 'B' ? null : undefined));
    expect(effectOf(state, 'prepare', 'B').deps).toEqual(expected);
  }
});

test('E15: a stage that was entered too often asks a person', () => {
  const stages = [
    agentStage('work', { visits: 2 }),
    agentStage('review', { on: { wrong: 'work' }, expects: ['report'] }),
  ];
  const state = running(playbook({ ways: [way('main', stages)], retry: { attempts: 99 } }), facts('A'));
  drive(state, (effect) =>
    effect.kind === 'attempt' && effect.stage === 'review'
      ? attemptEnd('A', { report: report('A', { notes: 'no good', flags: { wrong: true } }) })
      : undefined,
  );
  expect(task(state, 'A')).toMatchObject({ status: 'escalated', visits: { work: 3, review: 2 } });
  expect([...state.inbox.values()].map((item) => item.text)).toEqual([
    'A: stage work was entered 2 times, which is its limit',
  ]);
});

test('E3: a result that nothing waits for is journaled and changes nothing', () => {
  const state = running(playbook(), facts('A'));
  const key = untilAttempt(state, 'A');
  end(state, key, attemptEnd('A', { exitCode: 1 }));
  const before = JSON.stringify([...state.tasks.values(), ...state.effects.values()]);
  const result = end(state, key, attemptEnd('A'));
  expect(result.entry?.notes.map((note) => note.code)).toEqual(['stale']);
  expect(result.effects).toEqual([]);
  expect(JSON.stringify([...state.tasks.values(), ...state.effects.values()])).toBe(before);
});

test('T4: a note of the retry is written with the next record, once', () => {
  const state = running(playbook(), facts('A'));
  attempts(state, 'A', [{ exitCode: 1, text: 'it fell over' }]);
  expect(effectOf(state, 'record', 'A').change).toMatchObject({ word: 'active', note: 'it fell over', mark: 'retry' });
  observe(state, []);
  drive(state, (effect) => (effect.kind === 'record' && effect.change.word === 'done' ? null : undefined));
  expect(effectOf(state, 'record', 'A').change).not.toHaveProperty('note');
});
