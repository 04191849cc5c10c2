import { beforeAll, describe, expect, test } from 'vitest';
import { REASON_CODES } from '../../src/core/explain.ts';
import type { Playbook } from '../../src/core/playbook.ts';
import { FAILURE_CLASSES } from '../../src/core/playbook.ts';
import { TASK_STATUSES } from '../../src/core/task.ts';
import { ALL_FAULTS, NO_FAULTS, simulate } from '../../src/testing/simulation/index.ts';
import { PLAYBOOKS } from './playbooks.ts';
import { live, loadAll, newTally, type Tally } from './seeds.ts';

const SEEDS = 500;

let playbooks: ReadonlyMap<string, Playbook>;
beforeAll(async () => {
  playbooks = await loadAll();
});

function playbook(name: string): Playbook {
  const found = playbooks.get(name);
  if (found === undefined) throw new Error(`there is no playbook ${name}`);
  return found;
}

describe(`${SEEDS} lives over ${PLAYBOOKS.length} playbooks`, () => {
  let tally: Tally;
  beforeAll(() => {
    tally = newTally();
    for (let seed = 1; seed <= SEEDS; seed += 1) live(playbooks, seed, tally);
  });

  test('keep every promise', () => {
    expect(tally.failures).toEqual([]);
  });

  test('all come to an end, most of them with everything done', () => {
    const ended = [...tally.outcomes.values()].reduce((sum, count) => sum + count, 0);
    expect(ended).toBe(SEEDS);
    expect(tally.outcomes.get('done')).toBe(SEEDS);
  });

  test('crash, run again and go on', () => {
    expect(tally.crashes).toBeGreaterThan(SEEDS / 2);
    expect(tally.runs).toBeGreaterThan(2 * SEEDS);
  });

  const met = (kind: string): string[] =>
    [...tally.coverage.keys()].filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));

  test('meet every status, and the moves between them', () => {
    const moves = met('move');
    expect(new Set(moves.map((move) => move.split('>')[1]))).toEqual(new Set(TASK_STATUSES));
    expect(moves).toEqual(expect.arrayContaining(MOVES));
  });

  test('meet every class of failure', () => {
    const failed = met('note').filter((code) => code.startsWith('failed-'));
    // `document` has no source yet: a document that cannot be read stops the run, not a task.
    const classes = FAILURE_CLASSES.filter((name) => name !== 'document');
    expect(failed).toEqual(expect.arrayContaining(classes.map((name) => `failed-${name}`)));
  });

  test('climb every rung of the retry ladder', () => {
    expect(met('rung')).toEqual(expect.arrayContaining(['think', 'model', 'agent']));
    expect(met('session')).toEqual(expect.arrayContaining(['fresh', 'same']));
    expect(met('note')).toEqual(expect.arrayContaining(['again', 'back', 'unparked', 'escalated', 'failed']));
  });

  test('meet every event, effect, signal and step', () => {
    expect(met('event').sort()).toEqual(EVENTS);
    expect(met('effect').sort()).toEqual(EFFECTS);
    expect(met('result').sort()).toEqual(EFFECTS);
    expect(met('signal').sort()).toEqual(['notify', 'perform-again', 'stop-attempt']);
    expect(met('stop').sort()).toEqual(['cancel', 'person', 'stop', 'timeout']);
    expect(met('step')).toEqual(expect.arrayContaining(STEPS));
  });

  test('meet every question to a person, every command and every outcome', () => {
    expect(met('inbox').sort()).toEqual(INBOX);
    expect(met('command').sort()).toEqual(COMMANDS);
    expect(met('outcome').sort()).toEqual(['deadlock', 'done', 'failed', 'interrupted', 'waiting']);
  });

  test('meet every reason for waiting', () => {
    expect(met('reason').sort()).toEqual([...REASON_CODES].sort());
  });
});

describe('a life', () => {
  test.each(PLAYBOOKS)('by %s ends with everything done when nothing goes wrong', (name) => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { outcome, violations } = simulate({ playbook: playbook(name), seed, faults: NO_FAULTS });
      expect({ seed, outcome, violations }).toEqual({ seed, outcome: 'done', violations: [] });
    }
  });

  test.each(PLAYBOOKS)('by %s ends with everything done when everything goes wrong', (name) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const { outcome, violations } = simulate({ playbook: playbook(name), seed, faults: ALL_FAULTS });
      expect({ seed, outcome, violations }).toEqual({ seed, outcome: 'done', violations: [] });
    }
  });

  test.each(PLAYBOOKS)('by %s is the same every time', (name) => {
    const one = simulate({ playbook: playbook(name), seed: 7, faults: ALL_FAULTS, trace: true });
    const other = simulate({ playbook: playbook(name), seed: 7, faults: ALL_FAULTS, trace: true });
    expect(one.trace.length).toBeGreaterThan(20);
    expect(other.trace).toEqual(one.trace);
  });

  test.each(PLAYBOOKS)('by %s is the same under another name', (name) => {
    const named = playbook(name);
    for (const seed of [3, 4, 5]) {
      const one = simulate({ playbook: named, seed, faults: ALL_FAULTS, trace: true });
      const other = simulate({ playbook: { ...named, name: 'anything else' }, seed, faults: ALL_FAULTS, trace: true });
      expect(other.trace).toEqual(one.trace);
    }
  });

  test('of two hundred tasks comes to its end, too', () => {
    const { outcome, violations, crashes } = simulate({ playbook: playbook('pipeline'), seed: 12, size: 200 });
    expect({ outcome, violations }).toEqual({ outcome: 'done', violations: [] });
    expect(crashes).toBeGreaterThanOrEqual(0);
  });
});

const MOVES = [
  'new>ready',
  'new>waiting',
  'new>blocked',
  'new>done',
  'waiting>ready',
  'waiting>queued',
  'ready>running',
  'ready>waiting',
  'running>gating',
  'running>queued',
  'running>ready',
  'running>failed',
  'running>blocked',
  'running>escalated',
  'running>cancelled',
  'gating>queued',
  'gating>ready',
  'gating>failed',
  'queued>done',
  'queued>ready',
  'queued>escalated',
  'queued>cancelled',
  'blocked>ready',
  'blocked>done',
  'escalated>ready',
  'escalated>done',
  'escalated>cancelled',
  'failed>ready',
  'failed>done',
  'cancelled>ready',
  'done>ready',
];

const EVENTS = [
  'attempt-progressed',
  'attempt-started',
  'effect-ended',
  'effect-failed',
  'ledger-broken',
  'ledger-observed',
  'operator',
  'run-started',
  'tick',
];

const EFFECTS = ['advance', 'attempt', 'candidate', 'cleanup', 'collect', 'gate', 'prepare', 'push', 'record', 'step'];

const STEPS = [
  'preflight/check',
  'afterGroup/consolidate',
  'afterGroup/assess-context',
  'afterGroup/check',
  'afterRun/handoff',
];

const INBOX = ['budget', 'checkpoint', 'conflict', 'escalation', 'hard-stop', 'preflight'];

const COMMANDS = [
  'answer',
  'approve',
  'cancel',
  'drain',
  'pause',
  'reject',
  'release',
  'resume',
  'retry',
  'skip',
  'stop',
];
