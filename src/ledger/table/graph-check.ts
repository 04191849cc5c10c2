import type { Tally } from '../text/tally.ts';
import { findCycles } from './cycles.ts';
import { type Ids, readIds } from './dependencies.ts';
import type { Reporter } from './places.ts';
import { cellOf, hasColumn, type TaskRow } from './rows.ts';

type Lists = readonly (readonly number[])[];

const NAMED_AT_MOST = 20;
const NO_ROWS: readonly number[] = [];

/**
 * The rows each row needs: the union of `depends_on` and of what others' `blocks` say (T1), rising, without doubles.
 * Reports unknown and own ids and cycles; warns where the two columns disagree.
 */
export function readEdges(
  rows: readonly TaskRow[],
  ids: Ids,
  report: Reporter,
  warn: Reporter,
): readonly (readonly number[])[] {
  const needs = rows.map((row, index) => listed(row, index, 'depends_on', ids, report));
  const blocks = rows.map((row, index) => listed(row, index, 'blocks', ids, report));
  const edges = blocks.every((list) => list.length === 0) ? needs.map(rising) : united(needs, blocks);
  warnOfDifferences(rows, needs, blocks, warn);
  reportCycles(rows, edges, needs, ids.tally, report);
  return edges;
}

function united(needs: Lists, blocks: Lists): Lists {
  const edges = needs.map((needed) => [...needed]);
  blocks.forEach((blocked, index) => {
    for (const other of blocked) edges[other]?.push(index);
  });
  return edges.map(rising);
}

function rising(list: readonly number[]): readonly number[] {
  return list.length < 2 ? list : [...new Set(list)].sort((a, b) => a - b);
}

function listed(row: TaskRow, index: number, column: string, ids: Ids, report: Reporter): readonly number[] {
  const cell = cellOf(row, column);
  if (cell === '') return NO_ROWS;
  const rows: number[] = [];
  for (const named of readIds(cell, ids)) {
    if ('wrong' in named) {
      const expected = 'an id, a pattern like MS-SEC-* or a range like MS-SEC-001..010 was expected';
      report.cell(row, column, 'unknown-dependency', `${column}: ${named.wrong}; ${expected}`, named.at);
      continue;
    }
    for (const other of named.rows) {
      if (other !== index) rows.push(other);
      else report.cell(row, column, 'self-dependency', selfText(column, row.id, named.text), named.at);
    }
  }
  return rows;
}

function selfText(column: string, id: string, by: string): string {
  return `${column}: "${id}" names itself by "${by}", so it could never start; ids of other tasks were expected`;
}

/** A column that is empty says nothing; one that is filled is taken to be complete. */
function warnOfDifferences(rows: readonly TaskRow[], needs: Lists, blocks: Lists, warn: Reporter): void {
  if (blocks.every((list) => list.length === 0)) return;
  const key = (task: number, needed: number) => task * rows.length + needed;
  const needed = new Set(needs.flatMap((list, task) => list.map((other) => key(task, other))));
  const blocked = new Set(blocks.flatMap((list, task) => list.map((other) => key(other, task))));
  const union = 'the task waits, as both columns are believed';
  rows.forEach((row, index) => {
    for (const other of blocks[index] ?? []) {
      const target = rows[other];
      if (target === undefined || !hasColumn(target, 'depends_on') || needed.has(key(other, index))) continue;
      const text = `blocks names "${target.id}", but depends_on of "${target.id}" does not name "${row.id}"; ${union}`;
      warn.cell(row, 'blocks', 'blocks-disagree', text);
    }
    for (const other of needs[index] ?? []) {
      const source = rows[other];
      if (source === undefined || (blocks[other] ?? []).length === 0 || blocked.has(key(index, other))) continue;
      const text = `depends_on names "${source.id}", but blocks of "${source.id}" does not name "${row.id}"; ${union}`;
      warn.cell(row, 'depends_on', 'blocks-disagree', text);
    }
  });
}

function reportCycles(rows: readonly TaskRow[], edges: Lists, needs: Lists, tally: Tally, report: Reporter): void {
  for (const cycle of findCycles(edges, tally)) {
    const first = rows[cycle[0] ?? 0];
    if (first === undefined) continue;
    const names = cycle.slice(0, NAMED_AT_MOST).map((row) => rows[row]?.id ?? '');
    const rest = cycle.length > NAMED_AT_MOST ? ` -> ... (${cycle.length} tasks)` : '';
    const isByColumn = needs[cycle[0] ?? 0]?.includes(cycle[1] ?? -1);
    const text = `dependency cycle: ${names.join(' -> ')}${rest} -> ${first.id} (each needs the next); one of these has to go`;
    report.cell(first, isByColumn ? 'depends_on' : 'id', 'cycle', text);
  }
}
