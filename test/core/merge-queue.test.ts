import { expect, test } from 'vitest';
import type { Answers } from './build.ts';
import {
  agentStage,
  command,
  drive,
  effectOf,
  end,
  facts,
  failure,
  landStage,
  playbook,
  running,
  statuses,
  task,
  way,
} from './build.ts';

const merging = (over: Parameters<typeof landStage>[2] = {}) =>
  playbook({
    admission: { limit: 3 },
    ways: [
      way('main', [
        agentStage('work'),
        landStage('merge', 'merge', { gates: ['test'], on: { conflict: 'work' }, ...over }),
      ]),
    ],
  });

/** All work is done; what stands in the queue stays where it is. */
const holdQueue: Answers = (effect) => (effect.kind === 'candidate' ? null : undefined);

test('M2: first in, first out, one candidate at a time', () => {
  const state = running(merging(), facts('A', 'B', 'C'));
  const work = drive(state, (effect) => {
    const isLater = effect.kind === 'attempt' && effect.task === 'A' && task(state, 'C').commit === null;
    return effect.kind === 'candidate' || isLater ? null : undefined;
  });
  expect(work.filter((line) => line.startsWith('attempt'))).toEqual(['attempt B', 'attempt C', 'attempt A']);
  expect(state.index.queue).toEqual(['B', 'C', 'A']);
  expect([...state.effects.values()].map(({ kind }) => kind)).toEqual(['candidate']);
  const landing = drive(state).filter((line) => /candidate|gate|advance/.test(line));
  expect(landing).toEqual(['B', 'C', 'A'].flatMap((id) => [`candidate ${id}`, `gate ${id}`, `advance ${id}`]));
  expect(statuses(state)).toEqual({ A: 'done', B: 'done', C: 'done' });
});

test('M4: gates run on the merged tree, and exactly that is what the base moves to', () => {
  const state = running(merging(), facts('A'));
  drive(state, (effect) => (effect.kind === 'gate' ? null : undefined));
  expect(effectOf(state, 'gate')).toMatchObject({ commit: 'm-A', stage: 'merge', gates: ['test'] });
  expect(task(state, 'A').candidate).toBe('m-A');
  drive(state, (effect) => (effect.kind === 'advance' ? null : undefined));
  expect(effectOf(state, 'advance')).toMatchObject({ commit: 'c-A-1', candidate: 'm-A' });
  drive(state);
  expect(task(state, 'A')).toMatchObject({ status: 'done', landed: 'm-A', queuedAt: null, candidate: null });
});

test('M4: the base moved, so the candidate is built and gated again, and keeps its place', () => {
  const state = running(merging(), facts('A', 'B'));
  drive(state, (effect) => (effect.kind === 'advance' ? null : undefined));
  end(state, effectOf(state, 'advance').key, { kind: 'advance', outcome: 'stale', failure: null });
  expect(state.index.queue).toEqual(['A', 'B']);
  const again = drive(state).filter((line) => line.endsWith(' A'));
  expect(again.slice(0, 3)).toEqual(['candidate A', 'gate A', 'advance A']);
});

test('E15: a base that always moves is a merge failure in the end', () => {
  const state = running(merging({ visits: 3, on: {} }), facts('A'));
  const done = drive(state, (effect) =>
    effect.kind === 'advance' ? { kind: 'advance', outcome: 'stale', failure: null } : undefined,
  );
  expect(done.filter((line) => line === 'candidate A')).toHaveLength(3);
  expect(task(state, 'A')).toMatchObject({ status: 'escalated', failure: { code: 'base-moves' } });
  expect(state.index.queue).toEqual([]);
});

test('M3: a conflict goes back to the routed stage with both sides named, and the queue goes on', () => {
  const book = merging();
  const ladder = { ...book.retry.ladder, merge: [{ do: 'retry', session: 'fresh' }, { do: 'escalate' }] } as const;
  const state = running({ ...book, retry: { ...book.retry, ladder } }, facts('A', 'B'));
  drive(state, holdQueue);
  const conflict = failure('merge', { text: 'A and main both changed x' });
  end(state, effectOf(state, 'candidate', 'A').key, { kind: 'candidate', candidate: null, failure: conflict });
  expect(state.index.queue).toEqual(['B']);
  expect(effectOf(state, 'candidate').task).toBe('B');
  drive(state, (effect) => (effect.kind === 'attempt' ? null : undefined));
  expect(effectOf(state, 'attempt', 'A')).toMatchObject({ stage: 'work', evidence: [{ text: conflict.text }] });
  drive(state);
  expect(statuses(state)).toEqual({ A: 'done', B: 'done' });
});

test('M4: red on the merged tree throws it out of the queue; nothing is moved', () => {
  const state = running(merging(), facts('A', 'B'));
  const red = { kind: 'gate', gates: [{ name: 'test', passed: false, ms: 1, output: 'x' }], failure: null } as const;
  const done = drive(state, (effect) => (effect.kind === 'gate' && effect.task === 'A' ? red : undefined));
  expect(done).not.toContain('advance A');
  expect(statuses(state)).toEqual({ A: 'failed', B: 'done' });
});

test('M2: without gates the base moves at once; what waits in the queue takes no slot', () => {
  const book = merging({ gates: [] });
  const state = running({ ...book, admission: { ...book.admission, limit: 1 } }, facts('A', 'B'));
  const done = drive(state, holdQueue);
  expect(done).toContain('attempt B');
  expect(drive(state).filter((line) => line.startsWith('gate'))).toEqual([]);
  expect(state.run.outcome).toBe('done');
});

test('E14: a task is cancelled while it is in the queue; it leaves it, unless it landed meanwhile', () => {
  const state = running(merging(), facts('A', 'B'));
  drive(state, holdQueue);
  command(state, { do: 'cancel', task: 'B' });
  expect(state.index.queue).toEqual(['A']);
  drive(state, (effect) => (effect.kind === 'advance' ? null : undefined));
  command(state, { do: 'cancel', task: 'A' });
  drive(state);
  expect(statuses(state)).toEqual({ A: 'done', B: 'cancelled' });
});
