import { NO_PHASES, TABLE_WORDS, type TableOptions } from '../../src/ledger/table/options.ts';
import { parseTable, renderTable, withRow } from '../../src/ledger/table/table.ts';
import { taskTable } from '../document.ts';
import { elapsedMs, measure } from '../measure.ts';
import { atMost, type Bench, type Row, row } from '../row.ts';

const OPTIONS: TableOptions = {
  file: 'docs/tasks.md',
  columns: {},
  words: TABLE_WORDS,
  phases: NO_PHASES,
  base: 'main',
  repos: [],
};

/** Parse the bytes of a table, set one row's status, render all of it again. */
export const bench: Bench = {
  name: 'Ledger task-table: parse + one edit + render',
  async run() {
    const rows: Row[] = [];
    const medians: number[] = [];
    for (const size of [1_000, 10_000, 100_000]) {
      const bytes = Buffer.from(taskTable(size));
      const sample = await measure(() => elapsedMs(() => edit(bytes, size)));
      medians.push(sample.median);
      rows.push(row(`${size} rows`, sample, 'ms'));
    }
    rows.push(atMost('10,000 rows', medians[1] ?? 0, 'ms', 150));
    rows.push(
      atMost('100,000 rows against 10 times 10,000 rows', (medians[2] ?? 0) / (10 * (medians[1] ?? 1)), 'x', 1.5),
    );
    return rows;
  },
};

function edit(bytes: Buffer, size: number): void {
  const text = parseTable(bytes, OPTIONS);
  const edited = withRow(text, `T-${size >> 1}`, new Map([[1, 'in-progress']]), OPTIONS);
  if (renderTable(edited).equals(bytes)) throw new Error('the edit changed nothing');
}
