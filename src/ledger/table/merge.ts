import type { LedgerChange } from '../../core/effect.ts';
import type { TaskId } from '../../core/fact.ts';
import type { WantedCell } from './change.ts';
import type { TableModel } from './model.ts';
import { cellOf, type TaskRow } from './rows.ts';
import { plain } from './values.ts';
import type { CellWrites } from './write-cells.ts';

/**
 * The base of a three-way merge: every cell as it was when the document was last handed out by `read`, and as we wrote
 * it since. What somebody else changed meanwhile is not in it, even when a write of ours went past it: nobody has
 * decided anything from it yet (DESIGN trap 6).
 */
export interface Base {
  rows: TableModel['rows'];
  readonly written: Map<TaskId, Map<string, string>>;
}

export function emptyBase(): Base {
  return { rows: new Map(), written: new Map() };
}

/** The document was read: what it says now is known. */
export function rebase(base: Base, model: TableModel): void {
  base.rows = model.rows;
  base.written.clear();
}

export interface Merged {
  readonly writes: CellWrites;
  /** Canonical names of cells a person changed meanwhile, which stay as the person wants them. */
  readonly yielded: readonly string[];
}

/** Per cell: what is in the base, what is on disk, what is wanted. */
export function mergeCells(
  base: Base,
  disk: TaskRow,
  wanted: readonly WantedCell[],
  seen: LedgerChange['seen'],
): Merged {
  const writes = new Map<number, string>();
  const yielded: string[] = [];
  for (const cell of wanted) {
    if (cell.isMet) continue;
    const now = cellOf(disk, cell.column);
    const before = knownCell(base, disk.id, cell.column);
    // A status may have been read, and not decided from, since this change was decided: its base comes with the change.
    const isKnown =
      cell.column === 'status' && seen !== null ? seen.includes(plain(now)) : before === null || before === now;
    if (!isKnown && !cell.isAppended) yielded.push(cell.column);
    else writes.set(disk.table.columns.at.get(cell.column) ?? 0, cell.value);
  }
  return { writes, yielded };
}

/** Notes what we wrote, or found written as we want it. */
export function remember(base: Base, after: TaskRow, wanted: readonly WantedCell[], yielded: readonly string[]): void {
  const cells = base.written.get(after.id) ?? new Map<string, string>();
  for (const { column } of wanted) if (!yielded.includes(column)) cells.set(column, cellOf(after, column));
  base.written.set(after.id, cells);
}

/** null: the task was not known, so nothing in it changed behind our back. */
function knownCell(base: Base, task: TaskId, column: string): string | null {
  const written = base.written.get(task)?.get(column);
  if (written !== undefined) return written;
  const row = base.rows.get(task)?.row;
  return row === undefined ? null : cellOf(row, column);
}
