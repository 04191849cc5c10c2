import { expect, it } from 'vitest';
import { NOTE_LENGTH, NOTES_LENGTH, withNote } from '../../src/ledger/table/change.ts';
import { fold, TABLE_WORDS, wordReader } from '../../src/ledger/table/options.ts';
import {
  formatTime,
  formatTokens,
  isNothing,
  parsePriority,
  parseTokens,
  plain,
} from '../../src/ledger/table/values.ts';
import { decodeUtf8 } from '../../src/ledger/text/decode.ts';
import { applyEdits } from '../../src/ledger/text/edits.ts';
import { firstTextUnder } from '../../src/ledger/text/section.ts';
import { cellText, escapeCell, splitRow } from '../../src/ledger/text/table-row.ts';

it.each([
  [0, '0'],
  [950, '950'],
  [5000, '5K'],
  [4200, '4.2K'],
  [38_499, '38.5K'],
  [999_949, '999.9K'],
  [999_950, '1M'],
  [1_250_000, '1.3M'],
])('T1: %d tokens are written %s', (tokens, text) => {
  expect(formatTokens(tokens)).toBe(text);
});

it.each([
  ['5K', 5000],
  ['4.2k', 4200],
  ['1.5M', 1_500_000],
  ['900', 900],
  ['12 K', 12_000],
  ['~5K', null],
  ['12,000', null],
  ['S', null],
  ['', null],
])('T1: %s is %s tokens', (text, tokens) => {
  expect(parseTokens(text)).toBe(tokens);
});

it.each([
  [-360, '2026-02-05T14:58:52-06:00'],
  [0, '2026-02-05T20:58:52+00:00'],
  [330, '2026-02-06T02:28:52+05:30'],
])('T1: a time %d minutes from UTC is %s', (offset, text) => {
  expect(formatTime(Date.UTC(2026, 1, 5, 20, 58, 52, 999), offset)).toBe(text);
});

it.each(['', '-', '--', '—', '–', 'none', 'N/A'])('"%s" is nothing', (cell) => {
  expect(isNothing(cell)).toBe(true);
});

it.each([
  ['`a`', 'a'],
  ['**a**', 'a'],
  ['**`a`**', 'a'],
  ['[a](docs/a.md)', 'a'],
  ['_a_', 'a'],
  ['~~a~~', '~~a~~'],
  ['*', '*'],
  ['**', '**'],
  ['a*', 'a*'],
])('%s says %s', (dressed, bare) => {
  expect(plain(dressed)).toBe(bare);
});

it('reads status words without regard to case and kind of gap', () => {
  const read = wordReader(TABLE_WORDS);
  expect(['not-started', 'Not Started', 'IN_PROGRESS', '**done**', 'Done', 'wip', ''].map(read)).toEqual([
    'open',
    'open',
    'active',
    'done',
    'done',
    null,
    null,
  ]);
  expect(fold(' **Depends-On** ')).toBe('depends_on');
});

it.each([
  ['P0', 0],
  ['p2', 2],
  ['7', 7],
  ['High', 1],
  ['soon', null],
])('priority %s is %s', (text, rank) => {
  expect(parsePriority(text)).toBe(rank);
});

it.each(['a|b', '\\', '\\|', 'a\\\\', '\\\\|', 'a\\b', 'x\\\\y', '||', '\\*'])('%s survives a cell', (value) => {
  const row = `| ${escapeCell(value)} | next |`;
  const spans = splitRow(row);
  expect(spans.length).toBe(4);
  expect(cellText(row, spans, 0)).toBe(value);
});

it('keeps notes in order, once, and within bounds', () => {
  expect(withNote('-', 'first')).toBe('first');
  expect(withNote('a person', 'gate\nred')).toBe('a person; gate red');
  expect(withNote('one; two; three', 'two')).toBe('one; two; three');
  expect(withNote('x', '  \u0007 ')).toBe('x');
  expect([...withNote('', '😀'.repeat(NOTE_LENGTH + 9))]).toHaveLength(NOTE_LENGTH);
  const full = 'x'.repeat(NOTES_LENGTH - 3);
  expect(withNote(full, 'more')).toBe(full);
  expect(withNote(full, 'm')).toBe(`${full}; m`);
});

it.each([
  ['61ff', 1, 2],
  ['efbbbf61ff', 1, 2],
  ['610d0a6220ff', 2, 3],
  ['610d62c3', 2, 2],
  ['f09f9880eda080', 1, 2],
  ['c0af', 1, 1],
  ['610a620af4908080', 3, 1],
])('law 4: %s is not UTF-8 at %d:%d', (hex, line, column) => {
  expect(decodeUtf8(Buffer.from(hex, 'hex'))).toMatchObject({ ok: false, line, column });
});

it('edits spans and refuses overlaps', () => {
  expect(
    applyEdits('abcdef', [
      { start: 4, end: 5, text: 'X' },
      { start: 0, end: 0, text: '>' },
    ]),
  ).toBe('>abcdXf');
  expect(() =>
    applyEdits('abc', [
      { start: 0, end: 2, text: '' },
      { start: 1, end: 3, text: '' },
    ]),
  ).toThrow(/overlap/);
});

it('P2: reads the first line under a heading', () => {
  const text = '# Rules\n\n```\n## Active scope\n```\n\n## Active scope\n\n- **Phase 2**\n\n## Next\nPhase 3\n';
  expect(firstTextUnder(text, 'active scope')).toBe('Phase 2');
  expect(firstTextUnder('## Active scope\n\n## Next\nx', 'Active scope')).toBe(null);
  expect(firstTextUnder(text, 'nowhere')).toBe(null);
});
