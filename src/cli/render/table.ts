import { displayWidth, padEnd, truncate } from './width.ts';

export interface Column {
  readonly title: string;
  /** Takes what the others leave, and is cut when the terminal is too narrow. */
  readonly isFlexible?: boolean;
  readonly style?: (text: string) => string;
}

/**
 * Rows under their titles, aligned by display width. Cells are already escaped. `width` is the terminal's; null: no
 * terminal, nothing is cut, so that a program that reads the lines gets all of them.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null,
): string[] {
  const widths = columns.map((column, index) =>
    // Not one call with all widths: 100,000 arguments are more than a stack takes.
    rows.reduce((most, row) => Math.max(most, displayWidth(row[index] ?? '')), displayWidth(column.title)),
  );
  if (width !== null) shrink(columns, widths, width);
  const line = (cells: readonly string[], isHead: boolean): string =>
    columns
      .map((column, index) => {
        const cell = truncate(cells[index] ?? '', widths[index] ?? 0);
        const isLast = index === columns.length - 1;
        const padded = isLast ? cell : padEnd(cell, widths[index] ?? 0);
        return column.style && !isHead ? column.style(padded) : padded;
      })
      .join('  ')
      .trimEnd();
  return [
    line(
      columns.map((column) => column.title),
      true,
    ),
    ...rows.map((row) => line(row, false)),
  ];
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const flexible = columns.findIndex((column) => column.isFlexible);
  if (flexible < 0) return;
  const total = widths.reduce((sum, each) => sum + each, 0) + 2 * (columns.length - 1);
  widths[flexible] = Math.max(12, (widths[flexible] ?? 0) - Math.max(0, total - width));
}
