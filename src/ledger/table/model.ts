import type { TaskFact } from '../../core/fact.ts';
import type { Problem } from '../../port/problem.ts';
import type { Tally } from '../text/tally.ts';
import { checkBranches } from './branch-check.ts';
import { checkColumns, checkPhases, checkRow, checkShape, reportWidth } from './check.ts';
import { type Ids, idsOf } from './dependencies.ts';
import type { TableDocument } from './document.ts';
import { readEdges } from './graph-check.ts';
import { type TableOptions, wordReader } from './options.ts';
import { type Sections, sectionsOf } from './phases.ts';
import { type Reporter, reporter } from './places.ts';
import { cellOf, readRow, type TaskRow } from './rows.ts';
import { isNothing, parsePriority, parseTokens, plain, UNRANKED } from './values.ts';

/** What a document says. With `errors` the facts are not to be used: nothing is guessed (law 4). */
export interface TableModel {
  readonly facts: TaskFact[];
  readonly groups: readonly string[];
  readonly phases: readonly string[];
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Rows by id, and their index in `facts`. */
  readonly rows: ReadonlyMap<string, { row: TaskRow; readonly index: number }>;
}

/** Reads every task of a document, or says with places what is wrong with it (L1, T1). */
export function modelOf(document: TableDocument, options: TableOptions, tally: Tally = { steps: 0 }): TableModel {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  const report = reporter(document, options.file, 'error', errors);
  const warn = reporter(document, options.file, 'warning', warnings);
  checkShape(document, report);
  checkColumns(document, report, warn);
  checkPhases(document, options.phases, report);
  const rows = readRows(document, options, report, warn);
  checkBranches(rows, report);
  const ids = idsOf(
    rows.map((row) => row.id),
    tally,
  );
  tally.steps += rows.reduce((cells, row) => cells + row.cells.length, 0);
  const edges = readEdges(rows, ids, report, warn);
  const sections = sectionsOf(document.tables, options.phases);
  const facts =
    errors.length > 0 ? [] : rows.map((row, index) => factOf(row, index, edges[index] ?? [], ids, sections));
  return {
    facts,
    groups: unique(facts.map((fact) => fact.group)),
    phases: sections.phaseOrder(new Set(unique(facts.map((fact) => fact.phase)))),
    errors: inOrder(errors),
    warnings: inOrder(warnings),
    rows: new Map(rows.map((row, index) => [row.id, { row, index }])),
  };
}

/** Rows with an id of their own; of two with one id the first stands, and the second is reported. */
function readRows(document: TableDocument, options: TableOptions, report: Reporter, warn: Reporter): TaskRow[] {
  const wordOf = wordReader(options.words);
  const rows: TaskRow[] = [];
  const lineOf = new Map<string, number>();
  for (const table of document.tables) {
    for (let line = table.delimiter + 1; line < table.end; line += 1) {
      const row = readRow(document, table, line, wordOf);
      if (row === null) {
        reportWidth(document, table, line, report);
        continue;
      }
      checkRow(row, options, report, warn);
      const before = lineOf.get(row.id);
      if (before !== undefined && !isNothing(row.id)) {
        const text = `duplicate id "${row.id}": line ${before + 1} has it already; every task needs an id of its own`;
        report.cell(row, 'id', 'duplicate-id', text);
      }
      if (before !== undefined) continue;
      lineOf.set(row.id, line);
      rows.push(row);
    }
  }
  return rows;
}

/** Columns that have a field of their own in a fact. */
const TOLD = new Set([
  'id',
  'status',
  'depends_on',
  'blocks',
  'repo',
  'branch',
  'estimate',
  'priority',
  'kind',
  'labels',
]);

/** The fact a row states. The edges are given: they may come from other rows. */
function factOf(row: TaskRow, order: number, needs: readonly number[], ids: Ids, sections: Sections): TaskFact {
  const priority = plain(cellOf(row, 'priority'));
  const labels = cellOf(row, 'labels');
  return {
    id: row.id,
    title: cellOf(row, row.table.columns.at.has('title') ? 'title' : 'description'),
    dependsOn: needs.map((needed) => ids.list[needed] ?? ''),
    word: row.word ?? 'open',
    ledgerStatus: plain(cellOf(row, 'status')),
    order,
    priority: row.table.columns.at.has('priority') ? (parsePriority(priority) ?? UNRANKED) : 0,
    group: sections.groupOf(row),
    phase: sections.phaseOf(row),
    parent: null,
    kind: textOrNull(plain(cellOf(row, 'kind'))),
    labels: isNothing(labels) ? [] : labels.split(/[\s,]+/).filter((label) => label !== ''),
    repo: textOrNull(plain(cellOf(row, 'repo'))),
    branch: textOrNull(plain(cellOf(row, 'branch'))),
    estimate: parseTokens(cellOf(row, 'estimate')),
    fields: fieldsOf(row),
  };
}

/** The same task after cells of its row changed that no other row depends on. */
export function factAfter(fact: TaskFact, row: TaskRow): TaskFact {
  return { ...fact, word: row.word ?? fact.word, ledgerStatus: plain(cellOf(row, 'status')), fields: fieldsOf(row) };
}

function fieldsOf(row: TaskRow): Readonly<Record<string, string>> {
  const { names, at } = row.table.columns;
  const title = at.has('title') ? 'title' : 'description';
  const fields: Record<string, string> = {};
  names.forEach((name, index) => {
    if (TOLD.has(name) || name === title) return;
    const cell = row.cells[index] ?? '';
    fields[name] = isNothing(cell) ? '' : cell;
  });
  return fields;
}

function textOrNull(text: string): string | null {
  return isNothing(text) ? null : text;
}

function unique(names: readonly (string | null)[]): string[] {
  return [...new Set(names)].filter((name) => name !== null);
}

function inOrder(problems: Problem[]): readonly Problem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
