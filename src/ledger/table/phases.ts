import { globMatches } from '../../core/glob.ts';
import type { PhaseSpec } from '../../core/playbook.ts';
import type { Heading } from '../text/blocks.ts';
import type { TaskTable } from './document.ts';
import { fold } from './options.ts';
import type { TaskRow } from './rows.ts';
import { isNothing } from './values.ts';

/** Group and phase of a row, and what exists of them, in document order. */
export interface Sections {
  groupOf(row: TaskRow): string | null;
  phaseOf(row: TaskRow): string | null;
  /** Given the phases that rows really have, in the order they run. */
  phaseOrder(met: ReadonlySet<string>): readonly string[];
}

/** Phases by heading, id pattern or column (L1); groups by the innermost heading. */
export function sectionsOf(tables: readonly TaskTable[], spec: PhaseSpec): Sections {
  const groups = groupNames(tables);
  const phase = phaseReader(tables, spec);
  return {
    groupOf: (row) => groups.get(row.table) ?? null,
    phaseOf: phase,
    phaseOrder: (met) => (spec.by === 'pattern' ? spec.patterns.filter((pattern) => met.has(pattern)) : [...met]),
  };
}

/** Headings with one text under different parents are told apart by the parent's. */
function groupNames(tables: readonly TaskTable[]): ReadonlyMap<TaskTable, string> {
  const lineOf = new Map<string, number>();
  const names = new Map<TaskTable, string>();
  for (const table of tables) {
    const heading = table.path.at(-1);
    if (heading === undefined) continue;
    const isTaken = (lineOf.get(heading.text) ?? heading.line) !== heading.line;
    const parent = table.path.at(-2);
    names.set(table, isTaken && parent ? `${parent.text} / ${heading.text}` : heading.text);
    if (!isTaken) lineOf.set(heading.text, heading.line);
  }
  return names;
}

function phaseReader(tables: readonly TaskTable[], spec: PhaseSpec): (row: TaskRow) => string | null {
  switch (spec.by) {
    case 'none':
      return () => null;
    case 'pattern':
      return (row) => spec.patterns.find((pattern) => globMatches(pattern, row.id)) ?? null;
    case 'column':
      return byColumn(spec.column ?? 'phase');
    case 'heading': {
      const level = phaseLevel(tables.map((table) => table.path));
      return (row) => row.table.path.find((heading) => heading.level === level)?.text ?? null;
    }
  }
}

/** By canonical name or by the document's own header; -1: the table has none. */
export function phaseColumn(table: TaskTable, column: string): number {
  return table.columns.at.get(fold(column)) ?? table.columns.headers.indexOf(fold(column));
}

function byColumn(column: string): (row: TaskRow) => string | null {
  return (row) => {
    const value = row.cells[phaseColumn(row.table, column)] ?? '';
    return isNothing(value) ? null : value;
  };
}

/**
 * The level of headings that are phases: where a heading above a task table begins with "Phase", that one; else the
 * outermost level at which the tables stand under different headings; else the innermost one.
 */
function phaseLevel(paths: readonly (readonly Heading[])[]): number {
  const all = paths.flat();
  const named = all.filter((heading) => /^phase\b/i.test(heading.text)).map((heading) => heading.level);
  if (named.length > 0) return Math.min(...named);
  const levels = [...new Set(all.map((heading) => heading.level))].sort((a, b) => a - b);
  const differs = (level: number) =>
    new Set(paths.map((path) => path.find((heading) => heading.level === level)?.line)).size > 1;
  return levels.find(differs) ?? levels.at(-1) ?? 0;
}
