import { expect, test } from 'vitest';
import type { TaskFact } from '../../src/core/fact.ts';
import type { State } from '../../src/core/state.ts';
import { drive, end, fact, observe, playbook, running, tick, well } from './build.ts';

/** Chains of ten tasks in phases of a thousand, ten at once. */
function project(size: number): State {
  const rows: TaskFact[] = Array.from({ length: size }, (_, order) =>
    fact(`T${order}`, {
      order,
      dependsOn: order % 10 === 0 ? [] : [`T${order - 1}`],
      phase: `P${Math.floor(order / 1000)}`,
    }),
  );
  return running(playbook({ admission: { limit: 10 } }), rows);
}

/** Rows reached per event, over a named mix: results of effects, ticks, and edits of a row. */
function visitsPerEvent(size: number): number {
  const state = project(size);
  state.visited = 0;
  let events = 0;
  for (let round = 0; round < 600; round += 1) {
    const effect = [...state.effects.values()][round % 10];
    if (effect === undefined) break;
    end(state, effect.key, well(effect));
    events += 1;
    if (round % 10 === 0) tick(state);
    if (round % 20 !== 0) continue;
    const row = state.tasks.get(`T${900 - round}`)?.fact;
    if (row !== undefined) observe(state, [{ ...row, priority: round }]);
  }
  return state.visited / events;
}

test('E1: rows reached per event do not grow with the project (1,000 and 20,000 tasks)', () => {
  const [small, large] = [visitsPerEvent(1000), visitsPerEvent(20_000)];
  expect(small).toBeGreaterThan(1);
  expect(large / small).toBeLessThan(1.5);
});

test('E1: a whole small project stays within a few dozen rows per event', () => {
  const state = project(100);
  state.visited = 0;
  const before = state.run.seq;
  drive(state);
  expect(state.visited / (state.run.seq - before)).toBeLessThan(60);
});
