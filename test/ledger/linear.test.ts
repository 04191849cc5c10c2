import { expect, it } from 'vitest';
import { parseTable } from '../../src/ledger/table/table.ts';
import { tableOptions } from './table-subject.ts';

type Row = (index: number, count: number) => string;

/** Shapes of large documents, each of which a careless reader would look at once per row. */
const shapes: Readonly<Record<string, Row>> = {
  'a chain': (index) => `| T-${index} | done | ${index > 0 ? `T-${index - 1}` : ''} | |`,
  'a chain said by blocks': (index, count) => `| T-${index} | done | | ${index + 1 < count ? `T-${index + 1}` : ''} |`,
  'one long cycle': (index, count) => `| T-${index} | done | T-${(index + 1) % count} | |`,
  'a cycle that everybody leads back into': (index, count) =>
    `| T-${index} | done | T-${Math.min(index + 1, count - 1)}, T-${index % 7} | |`,
  'ids that occur twice': (index) => `| T-${index % 5} | done | | |`,
  'rows of their own': (index) =>
    `| T-${index} | done | | |\n\n## Part ${index}\n\n| id | status | depends_on | blocks |\n|---|---|---|---|`,
  'mistakes in every row': (index) => `| T ${index} | nope | x y | z | too | long |`,
};

function steps(row: Row, count: number): number {
  const rows = Array.from({ length: count }, (_, index) => row(index, count));
  const tally = { steps: 0 };
  parseTable(
    Buffer.from(['| id | status | depends_on | blocks |', '|---|---|---|---|', ...rows, ''].join('\n')),
    tableOptions(),
    tally,
  );
  return tally.steps;
}

it.each(Object.entries(shapes))('reading is linear: %s', (_, row) => {
  const small = steps(row, 500);
  expect(small).toBeGreaterThan(500);
  expect(steps(row, 5000)).toBeLessThan(small * 10.5);
});

it('reads 100,000 rows with ten times the work of 10,000', { timeout: 60_000 }, () => {
  const row: Row = (index) => `| T-${index} | not-started | ${index > 9 ? `T-${index - 1}, T-${index - 9}` : ''} | |`;
  const ratio = steps(row, 100_000) / steps(row, 10_000);
  expect(ratio).toBeGreaterThan(9.5);
  expect(ratio).toBeLessThan(10.5);
});

it('a pattern in every row is looked up once', () => {
  const row: Row = (index, count) =>
    `| ${index < 5 ? `S-${index}` : `T-${index}`} | done | ${index < 5 || index === count ? '' : 'S-*'} | |`;
  expect(steps(row, 5000)).toBeLessThan(steps(row, 500) * 10.5);
});
