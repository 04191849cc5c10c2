import { expect, test } from 'vitest';
import { REASON_CODES } from '../../src/core/explain.ts';
import { TASK_STATUSES } from '../../src/core/task.ts';
import { simulate } from '../../src/testing/simulation/index.ts';
import { survivors } from './mutants/hunt.ts';
import { MUTANTS } from './mutants/mutants.ts';
import { PLAYBOOKS, playbookNamed } from './playbooks.ts';
import { live, loadAll, newTally } from './seeds.ts';

const LIVES = 500;
/** The nightly run gives every mutant 3,000 lives; here the ones that need few are hunted. */
const HUNTED = 24;

test(`${LIVES} lives of six playbooks keep every promise, and meet everything there is`, async () => {
  const playbooks = await loadAll();
  const tally = newTally();
  for (let seed = 1; seed <= LIVES; seed += 1) live(playbooks, seed, tally);
  expect(tally.failures).toEqual([]);
  expect(tally.crashes).toBeGreaterThan(LIVES / 2);
  // With the faults off again, each life comes to its end: liveness.
  expect([...tally.outcomes.keys()]).toEqual(['done']);
  const met = (kind: string): string[] =>
    [...tally.coverage.keys()].filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));
  expect(met('outcome').sort()).toEqual(['deadlock', 'done', 'failed', 'interrupted', 'waiting']);
  expect(met('reason').sort()).toEqual([...REASON_CODES].sort());
  expect(new Set(met('move').map((move) => move.split('>')[1]))).toEqual(new Set(TASK_STATUSES));
  // `document` is the one class that is never a task's: a document nobody understands stops the run (section 4).
  const classes = met('note').filter((code) => code.startsWith('failed-'));
  expect(classes.sort()).toEqual(
    ['agent', 'config', 'context', 'gate', 'limit', 'lost', 'merge', 'ownership', 'report', 'timeout', 'workspace'].map(
      (name) => `failed-${name}`,
    ),
  );
  expect(met('event')).toHaveLength(9);
  expect(met('effect')).toHaveLength(10);
  expect(met('inbox').sort()).toEqual(['budget', 'checkpoint', 'conflict', 'escalation', 'hard-stop', 'preflight']);
  expect(met('signal').sort()).toEqual(['notify', 'perform-again', 'stop-attempt']);
  expect(met('rung').sort()).toEqual(['agent', 'model', 'think']);
});

test.each(PLAYBOOKS)('%s lives the same life under another name: nothing in the program knows it', async (name) => {
  const playbook = await playbookNamed(name);
  for (let seed = 1; seed <= 3; seed += 1) {
    const known = simulate({ playbook, seed, trace: true });
    const renamed = simulate({ playbook: { ...playbook, name: 'somebody-elses' }, seed, trace: true });
    expect(known.trace.length).toBeGreaterThan(20);
    expect(renamed).toEqual(known);
  }
});

test('E1: one seed is one life', async () => {
  const playbook = await playbookNamed('pipeline');
  expect(simulate({ playbook, seed: 11, trace: true })).toEqual(simulate({ playbook, seed: 11, trace: true }));
});

test('faults planted in the core are caught', async () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(25);
  const every = Math.floor(MUTANTS.length / HUNTED);
  const sample = MUTANTS.filter((_, index) => index % every === 0).slice(0, HUNTED);
  expect(await survivors({ lives: 600 }, sample)).toEqual([]);
});
