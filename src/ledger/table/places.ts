import type { Problem } from '../../port/problem.ts';
import { columnAt } from '../text/lines.ts';
import { inkOf } from '../text/table-row.ts';
import type { TableDocument, TaskTable } from './document.ts';
import { rowSpans, type TaskRow } from './rows.ts';

/** Makes problems with the place they are about. */
export interface Reporter {
  /** `line` is 0-based, `index` a UTF-16 index in it. */
  at(line: number, index: number, code: string, text: string): void;
  /** At the text of a cell, `offset` further on. */
  cell(row: TaskRow, column: string, code: string, text: string, offset?: number): void;
}

export function reporter(
  document: TableDocument,
  file: string,
  severity: Problem['severity'],
  into: Problem[],
): Reporter {
  const at: Reporter['at'] = (line, index, code, text) => {
    const column = columnAt(document.lines[line]?.text ?? '', index);
    into.push({ severity, code, file, line: line + 1, column, text: shortened(text) });
  };
  const cell: Reporter['cell'] = (row, column, code, text, offset = 0) => {
    at(row.line, cellStart(document, row.table, row.line, column) + offset, code, text);
  };
  return { at, cell };
}

/** A cell may be as long as a book; a message is not (E15). */
const MESSAGE_LENGTH = 500;

function shortened(text: string): string {
  return text.length <= MESSAGE_LENGTH ? text : `${text.slice(0, MESSAGE_LENGTH - 1).toWellFormed()}…`;
}

function cellStart(document: TableDocument, table: TaskTable, line: number, column: string): number {
  const text = document.lines[line]?.text ?? '';
  const index = table.columns.at.get(column) ?? 0;
  const spans = rowSpans(text, table);
  const from = spans[index * 2] ?? text.length;
  const to = spans[index * 2 + 1] ?? text.length;
  const ink = inkOf(text, from, to);
  // An empty cell is pointed at where its text would be.
  return ink.start === ink.end ? Math.min(from + 1, to) : ink.start;
}
