import { expect, test } from 'vitest';
import { hunt } from './mutants/hunt.ts';
import { MUTANTS } from './mutants/mutants.ts';

const COMMON = MUTANTS.filter((mutant) => mutant.isRare !== true);

test('there are enough mutants, each under its own name', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(60);
  expect(COMMON.length).toBeGreaterThanOrEqual(50);
});

// The rare ones take hundreds of lives: `node test/simulation/nightly.ts` hunts them.
test.each(COMMON)('a checker catches: $name', async (mutant) => {
  const kill = await hunt(mutant, { lives: 200 });
  expect(kill.by, `no checker caught it within 200 lives`).not.toBeNull();
});
