import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerChange } from '../../src/core/effect.ts';
import { wantedCells } from '../../src/ledger/table/change.ts';
import { wordReader } from '../../src/ledger/table/options.ts';
import { cellOf } from '../../src/ledger/table/rows.ts';
import { parseTable, renderTable, type TableText, withRow } from '../../src/ledger/table/table.ts';
import { plain } from '../../src/ledger/table/values.ts';
import { assertOneHunk, assertPlaces } from '../../src/testing/ledger-conformance.ts';
import { oddTable } from './odd-table.ts';
import { FILE, tableOptions } from './table-subject.ts';

const options = tableOptions();
const context = { words: options.words, wordOf: wordReader(options.words), offsetMinutes: () => 330 };
const odd = fc.string({
  unit: fc.constantFrom('|', '\\', '`', '-', '#', ' ', '\n', '\r', '\t', 'a', '😀', '\0', '<br>', '*', '; '),
});

const change: fc.Arbitrary<LedgerChange> = fc.record(
  {
    word: fc.constantFrom('open', 'active', 'done', 'failed', 'cancelled'),
    seen: fc.constant(null),
    place: fc.constant(null),
    mark: fc.constant(null),
    agent: odd,
    startedAt: fc.integer({ min: 0, max: 4e12 }),
    completedAt: fc.option(fc.integer({ min: 0, max: 4e12 })),
    usedTokens: fc.integer({ min: 0, max: 5e6 }),
    note: odd,
  },
  { requiredKeys: ['word', 'seen', 'place', 'mark'] },
);

function edit(text: TableText, id: string, wanted: LedgerChange): TableText {
  const row = text.model.rows.get(id)?.row;
  if (row === undefined) throw new Error(`no row ${id}`);
  const cells = wantedCells(row, wanted, context).filter((cell) => !cell.isMet);
  return withRow(
    text,
    id,
    new Map(cells.map((cell) => [row.table.columns.at.get(cell.column) ?? -1, cell.value])),
    options,
  );
}

test('laws 1, 2 and 3 over odd but valid tables', () => {
  fc.assert(
    fc.property(
      oddTable,
      fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 4 }),
      ({ text, ids }, edits) => {
        let now = parseTable(Buffer.from(text), options);
        expect(now.model.errors).toEqual([]);
        expect([...now.model.rows.keys()]).toEqual(ids);
        expect(renderTable(now).equals(Buffer.from(text))).toBe(true);
        for (const [pick, wanted] of edits) {
          const id = ids[pick % ids.length] ?? '';
          const after = edit(now, id, wanted);
          assertOneHunk(FILE, now.bytes, after.bytes);
          const again = parseTable(after.bytes, options);
          expect(again.model.facts).toEqual(after.model.facts);
          expect(again.model.errors).toEqual([]);
          // Nothing but the cells asked for has another value.
          const row = again.model.rows.get(id)?.row;
          const before = now.model.rows.get(id)?.row;
          if (row === undefined || before === undefined) throw new Error('the row is gone');
          const asked = new Map(wantedCells(before, wanted, context).map((cell) => [cell.column, cell]));
          for (const name of row.table.columns.names) {
            const cell = asked.get(name);
            if (cell === undefined || cell.isMet) expect(cellOf(row, name)).toBe(cellOf(before, name));
            else expect(name === 'status' ? plain(cellOf(row, name)) : cellOf(row, name)).toBe(cell.value);
          }
          expect(again.model.facts.find((fact) => fact.id === id)?.word).toBe(wanted.word);
          // Done a second time it changes nothing.
          expect(edit(again, id, wanted).bytes.equals(after.bytes)).toBe(true);
          now = after;
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('laws 1 and 4 over broken tables and arbitrary bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    fc.tuple(oddTable, fc.nat(), fc.nat({ max: 20 }), odd).map(([{ text }, at, length, junk]) => {
      const from = at % (text.length + 1);
      return Buffer.from(text.slice(0, from) + junk + text.slice(from + length));
    }),
    fc.tuple(oddTable, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([{ text }, at, byte]) => {
      const broken = Buffer.from(text);
      broken[at % broken.length] = byte;
      return broken;
    }),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      const text = parseTable(input, options);
      expect(renderTable(text).equals(input)).toBe(true);
      if (text.model.errors.length > 0) assertPlaces(text.model.errors, { [FILE]: input });
      if (text.model.warnings.length > 0) assertPlaces(text.model.warnings, { [FILE]: input });
      if (text.model.errors.length > 0) expect(text.model.facts).toEqual([]);
    }),
    { numRuns: 1500 },
  );
});
