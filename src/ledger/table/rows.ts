import type { LedgerWord } from '../../core/playbook.ts';
import { type CellSpans, cellText, splitRow } from '../text/table-row.ts';
import type { TableDocument, TaskTable } from './document.ts';
import { plain } from './values.ts';

/** A body row with as many cells as its table has columns. */
export interface TaskRow {
  readonly table: TaskTable;
  /** 0-based. */
  readonly line: number;
  readonly id: string;
  /** Text of every cell, unescaped. */
  readonly cells: readonly string[];
  readonly word: LedgerWord | null;
}

/**
 * Spans of the cells of a body row. In a row without a pipe at its start the last pipe is no edge when the header has
 * one column more: the last cell is empty, whichever way the row is read.
 */
export function rowSpans(text: string, table: TaskTable): CellSpans {
  const spans = splitRow(text);
  if (spans.length !== table.columns.names.length * 2 - 2 || /^[ \t]*\|/.test(text)) return spans;
  const end = text.trimEnd().length;
  return spans.at(-1) === end - 1 ? [...spans, end, text.length] : spans;
}

/** Text of a cell by canonical name; empty when the table has no such column. */
export function cellOf(row: TaskRow, column: string): string {
  const index = row.table.columns.at.get(column);
  return index === undefined ? '' : (row.cells[index] ?? '');
}

export function hasColumn(row: TaskRow, column: string): boolean {
  return row.table.columns.at.has(column);
}

/** Reads a body row; null: it has too few or too many cells. */
export function readRow(
  document: TableDocument,
  table: TaskTable,
  line: number,
  wordOf: (cell: string) => LedgerWord | null,
): TaskRow | null {
  const text = document.lines[line]?.text ?? '';
  const spans = rowSpans(text, table);
  const count = table.columns.names.length;
  if (spans.length !== count * 2) return null;
  const cells: string[] = [];
  for (let index = 0; index < count; index += 1) cells.push(cellText(text, spans, index));
  const id = plain(cells[table.columns.at.get('id') ?? 0] ?? '');
  return { table, line, id, cells, word: wordOf(plain(cells[table.columns.at.get('status') ?? 0] ?? '')) };
}
