import { scanBlocks } from '../text/blocks.ts';
import { applyEdits, type SpanEdit } from '../text/edits.ts';
import { type Align, cellText, delimiterRow, escapeCell, inkOf, splitRow } from '../text/table-row.ts';
import { type TableDocument, type TaskTable, texts } from './document.ts';
import { rowSpans } from './rows.ts';
import { plain, plainSpan } from './values.ts';

/** New values of cells, by index of their column. */
export type CellWrites = ReadonlyMap<number, string>;

/**
 * The line of a row with other values in some cells; all else stays as it is, spaces too (law 2). A value that fits into
 * the padding of an aligned column keeps the column aligned; a longer one makes its cell wider, and no other row moves.
 */
export function writeCells(document: TableDocument, table: TaskTable, line: number, writes: CellWrites): string {
  const text = document.lines[line]?.text ?? '';
  const spans = rowSpans(text, table);
  const edits = [...writes].map(([index, value]) => cellEdit(document, table, text, spans, index, value));
  const written = applyEdits(text, edits);
  const wanted = texts(text, spans).map((cell, index) => writes.get(index) ?? cell);
  if (readsAs(document, table, written, writes, wanted)) return written;
  // Without its pipes at the edges the row would now be read otherwise: give it both.
  const raw = Array.from({ length: spans.length / 2 }, (_, index) => {
    const ink = inkOf(text, spans[index * 2] ?? 0, spans[index * 2 + 1] ?? 0);
    const value = writes.get(index);
    return value === undefined ? text.slice(ink.start, ink.end) : escapeCell(value);
  });
  return `${/^[ \t]*/.exec(text)?.[0] ?? ''}| ${raw.join(' | ')} |`;
}

function cellEdit(
  document: TableDocument,
  table: TaskTable,
  text: string,
  spans: readonly number[],
  index: number,
  value: string,
): SpanEdit {
  const start = spans[index * 2] ?? 0;
  const end = spans[index * 2 + 1] ?? 0;
  const raw = text.slice(start, end);
  const ink = inkOf(raw, 0, raw.length);
  const old = raw.slice(ink.start, ink.end);
  // A status keeps its dress: `**done**`. What stands in other cells is not the dress of what comes.
  const inner = isDressed(table, index) ? plainSpan(old) : { start: 0, end: old.length };
  const ours = old.slice(0, inner.start) + escapeCell(value) + old.slice(inner.end);
  const pad = { left: raw.slice(0, ink.start), right: raw.slice(ink.end) };
  return {
    start,
    end,
    text: padded(
      ours,
      old === '' ? null : pad,
      alignedWidth(document, table, index, raw),
      alignOf(document, table, index),
    ),
  };
}

function isDressed(table: TaskTable, index: number): boolean {
  return table.columns.at.get('status') === index;
}

interface Padding {
  readonly left: string;
  readonly right: string;
}

/** @param pad the white space around the old text; null: the cell was empty */
function padded(value: string, pad: Padding | null, width: number | null, align: Align): string {
  const least = value === '' ? (width ?? 1) : size(value) + 2;
  if (width !== null && least <= width) {
    const room = width - size(value);
    const usual = pad === null ? 1 : Math.min(pad.left.length, room);
    const left = align === 'right' ? room - 1 : align === 'center' ? Math.floor(room / 2) : usual;
    return value === '' ? ' '.repeat(width) : ' '.repeat(left) + value + ' '.repeat(room - left);
  }
  if (value === '') return ' ';
  // Padding that only lined up the old value goes; a person's way of writing `|x|` stays.
  return (pad === null ? ' ' : pad.left.slice(0, 1)) + value + (pad === null ? ' ' : pad.right.slice(0, 1));
}

/** The width of the cell when header, delimiter and this row agree on it; null: the column is not aligned. */
function alignedWidth(document: TableDocument, table: TaskTable, index: number, raw: string): number | null {
  const isAligned = [table.header, table.delimiter].every((line) => {
    const text = document.lines[line]?.text ?? '';
    const spans = splitRow(text, line === table.header ? table.from : 0);
    return size(text.slice(spans[index * 2] ?? 0, spans[index * 2 + 1] ?? 0)) === size(raw);
  });
  return isAligned ? size(raw) : null;
}

function alignOf(document: TableDocument, table: TaskTable, index: number): Align {
  return delimiterRow(document.lines[table.delimiter]?.text ?? '', 0)?.[index] ?? 'none';
}

function size(text: string): number {
  return [...text].length;
}

/** Law 3, checked before anything is written: the new line is still a row, and its cells say what they should. */
function readsAs(
  document: TableDocument,
  table: TaskTable,
  written: string,
  writes: CellWrites,
  wanted: readonly string[],
): boolean {
  const spans = rowSpans(written, table);
  if (spans.length !== wanted.length * 2) return false;
  for (const index of writes.keys()) {
    const cell = cellText(written, spans, index);
    if ((isDressed(table, index) ? plain(cell) : cell) !== wanted[index]) return false;
  }
  const row = written.trimStart();
  if (row.startsWith('|')) return true;
  const header = (document.lines[table.header]?.text ?? '').slice(table.from);
  const delimiter = (document.lines[table.delimiter]?.text ?? '').trimStart();
  const lines = [header, delimiter, row].map((text) => ({ text, eol: '\n' as const }));
  return scanBlocks(lines).tables[0]?.end === 3;
}
