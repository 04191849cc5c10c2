import { expect, test } from 'vitest';
import { table } from '../../../src/cli/render/table.ts';
import { clockTime, duration, plural, tokens } from '../../../src/cli/render/unit.ts';
import { displayWidth, truncate } from '../../../src/cli/render/width.ts';

test.each([
  ['abc', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['🚣', 2],
  ['👨‍👩‍👧', 2],
  ['한국어', 6],
  ['', 0],
])('%j takes %d columns', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test('columns are aligned by what is seen', () => {
  expect(
    table(
      [{ title: 'ID' }, { title: 'TITLE' }],
      [
        ['日本', 'one'],
        ['b', 'two'],
      ],
      null,
    ),
  ).toEqual(['ID    TITLE', '日本  one', 'b     two']);
});

test('the flexible column is cut to the terminal, never without one', () => {
  const columns = [{ title: 'ID' }, { title: 'TITLE', isFlexible: true }];
  const rows = [['a', 'a title that is rather long']];
  expect(table(columns, rows, 20)).toEqual(['ID  TITLE', 'a   a title that is…']);
  expect(table(columns, rows, null)[1]).toBe('a   a title that is rather long');
  expect(truncate('日本語', 4)).toBe('日…');
});

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [1_234, '1.2 s'],
  [9_990, '10 s'],
  [59_600, '1 min'],
  [185_000, '3 min 5 s'],
  [7_440_000, '2 h 4 min'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [0, '0'],
  [850, '850'],
  [4_200, '4.2K'],
  [5_000, '5K'],
  [38_500, '39K'],
  [1_500_000, '1.5M'],
])('%d tokens are %s', (count, text) => {
  expect(tokens(count)).toBe(text);
});

test('words', () => {
  expect([plural(1, 'task'), plural(2, 'task'), plural(2, 'retry', 'retries')]).toEqual([
    '1 task',
    '2 tasks',
    '2 retries',
  ]);
  expect(clockTime(0)).toBe('00:00:00');
});
