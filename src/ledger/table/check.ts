import { idProblem } from '../../core/names.ts';
import { LEDGER_WORDS, type PhaseSpec } from '../../core/playbook.ts';
import { splitRow } from '../text/table-row.ts';
import { checkBranch } from './branch-check.ts';
import type { TableDocument, TaskTable } from './document.ts';
import type { TableOptions } from './options.ts';
import { phaseColumn } from './phases.ts';
import type { Reporter } from './places.ts';
import { cellOf, type TaskRow } from './rows.ts';
import { isNothing, parsePriority, parseTokens, plain } from './values.ts';

/** Why a document has no task table, said at the table that comes nearest to one. */
export function checkShape(document: TableDocument, report: Reporter): void {
  if (document.tables.length > 0) return;
  if (document.lines.every((line) => line.text.trim() === '')) {
    report.at(0, 0, 'empty-file', 'the file is empty; a table with at least the columns id and status was expected');
    return;
  }
  const has = (name: string) => document.others.find((table) => table.columns.at.has(name));
  const withId = has('id');
  const near = withId ?? has('status') ?? document.others[0];
  if (near === undefined) {
    report.at(0, 0, 'no-table', 'there is no table; one with at least the columns id and status was expected');
    return;
  }
  const missing = withId ? 'status' : 'id';
  const found = near.columns.names.map((name) => `"${name}"`).join(', ');
  const fix = `name it in "ledger.columns" if it has another header`;
  const text = `no table has a column for the ${missing} beside one for the ${missing === 'id' ? 'status' : 'id'}; this one has ${found}; ${fix}`;
  report.at(near.header, near.from, `no-${missing}-column`, text);
}

/** Two columns that claim one name, and tables that look like tasks but would be passed over. */
export function checkColumns(document: TableDocument, report: Reporter, warn: Reporter): void {
  for (const table of document.tables) {
    for (const { name, index } of table.columns.doubled) {
      const header = splitRow(document.lines[table.header]?.text ?? '', table.from);
      report.at(
        table.header,
        (header[index * 2] ?? 0) + 1,
        'duplicate-column',
        `a second column for "${name}"; one was expected`,
      );
    }
  }
  if (document.tables.length === 0) return;
  for (const table of document.others) {
    const known = ['id', 'status', 'description', 'title', 'branch', 'depends_on', 'blocks', 'estimate', 'agent'];
    const found = known.filter((name) => table.columns.at.has(name));
    if (found.length < 3) continue;
    const missing = table.columns.at.has('id') ? 'status' : 'id';
    const text = `this table has ${found.join(', ')} but no column for the ${missing}, so its rows are not read as tasks`;
    warn.at(table.header, table.from, 'ignored-table', text);
  }
}

/** Phases by column need the column. */
export function checkPhases(document: TableDocument, spec: PhaseSpec, report: Reporter): void {
  const first = document.tables[0];
  if (spec.by !== 'column' || first === undefined) return;
  const column = spec.column ?? 'phase';
  if (document.tables.some((table) => phaseColumn(table, column) !== -1)) return;
  report.at(
    first.header,
    first.from,
    'no-phase-column',
    `no table of tasks has the column "${column}", which phases are read from`,
  );
}

/** A row whose number of cells is not that of its header: guessing which is which could run the wrong task. */
export function reportWidth(document: TableDocument, table: TaskTable, line: number, report: Reporter): void {
  const text = document.lines[line]?.text ?? '';
  const spans = splitRow(text);
  const [count, expected] = [spans.length / 2, table.columns.names.length];
  const cells = `the row has ${count} ${count === 1 ? 'cell' : 'cells'}, the header of its table has ${expected}`;
  if (count > expected) {
    report.at(line, spans[expected * 2] ?? 0, 'row-too-long', `${cells}; a pipe inside a cell is written "\\|"`);
  } else {
    report.at(line, text.trimEnd().length, 'row-too-short', `${cells}; a blank line ends a table`);
  }
}

/** What one row says by itself (S1: ids, branches and names out of a document are data, and are checked). */
export function checkRow(row: TaskRow, options: TableOptions, report: Reporter, warn: Reporter): void {
  checkId(row, report);
  if (row.word === null) {
    const words = LEDGER_WORDS.map((word) => options.words[word]).join(', ');
    report.cell(
      row,
      'status',
      'unknown-status',
      `unknown status "${cellOf(row, 'status')}"; one of ${words} was expected`,
    );
  }
  checkBranch(row, options.base, report);
  const repo = plain(cellOf(row, 'repo'));
  if (!isNothing(repo) && options.repos.length > 0 && !options.repos.includes(repo)) {
    report.cell(row, 'repo', 'unknown-repo', `unknown repo "${repo}"; one of ${options.repos.join(', ')} was expected`);
  }
  const issue = plain(cellOf(row, 'issue'));
  if (!isNothing(issue) && issue.startsWith('-')) {
    report.cell(
      row,
      'issue',
      'unsafe-issue',
      `issue "${issue}" starts with "-", which a program would read as an option`,
    );
  }
  const estimate = cellOf(row, 'estimate');
  if (!isNothing(estimate) && parseTokens(estimate) === null) {
    warn.cell(
      row,
      'estimate',
      'unreadable-estimate',
      `estimate "${estimate}" is not counted; a form like 5K, 4.2K or 900 was expected`,
    );
  }
  const priority = plain(cellOf(row, 'priority'));
  if (!isNothing(priority) && parsePriority(priority) === null) {
    warn.cell(
      row,
      'priority',
      'unreadable-priority',
      `priority "${priority}" comes last; a form like P1, 2 or high was expected`,
    );
  }
}

function checkId(row: TaskRow, report: Reporter): void {
  const problem =
    row.id === '' || isNothing(row.id) ? 'is empty; every row of a task table needs one' : idProblem(row.id);
  if (problem === null) return;
  const code = isNothing(row.id) ? 'empty-id' : 'unsafe-id';
  report.cell(row, 'id', code, isNothing(row.id) ? `the id ${problem}` : `id "${row.id}" ${problem}`);
}
