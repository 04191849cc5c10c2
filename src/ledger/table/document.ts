import { type Blocks, type Heading, scanBlocks, type TableBlock } from '../text/blocks.ts';
import { type LineText, splitLines } from '../text/lines.ts';
import { type CellSpans, cellText, splitRow } from '../text/table-row.ts';
import type { Tally } from '../text/tally.ts';
import { type ColumnMap, mapColumns } from './columns.ts';

/** A table of tasks: it has a column for the id and one for the status. Lines are 0-based. */
export interface TaskTable extends TableBlock {
  readonly columns: ColumnMap;
  /** Headings above it, outermost first. */
  readonly path: readonly Heading[];
}

/** The structure of a document; the text in `lines` is the only truth, everything else points into it. */
export interface TableDocument extends LineText {
  readonly tables: readonly TaskTable[];
  /** Tables of another shape, which are left alone. */
  readonly others: readonly TaskTable[];
}

/** Finds the task tables of a text. Total: any text has a document, perhaps without tables. */
export function parseDocument(
  text: string,
  configured: Readonly<Record<string, string>>,
  tally: Tally = { steps: 0 },
): TableDocument {
  const { mark, lines } = splitLines(text);
  const blocks = scanBlocks(lines, tally);
  const tables: TaskTable[] = [];
  const others: TaskTable[] = [];
  const pathOf = paths(blocks);
  for (const block of blocks.tables) {
    const header = lines[block.header]?.text ?? '';
    const columns = mapColumns(texts(header, splitRow(header, block.from)), configured);
    const isTask = columns.at.has('id') && columns.at.has('status');
    (isTask ? tables : others).push({ ...block, columns, path: pathOf(block.header) });
  }
  return { mark, lines, tables, others };
}

/** All cells of a row. */
export function texts(line: string, spans: CellSpans): string[] {
  return Array.from({ length: spans.length / 2 }, (_, index) => cellText(line, spans, index));
}

/** Headings above a line; to be asked for rising lines. */
function paths({ headings }: Blocks): (line: number) => readonly Heading[] {
  let next = 0;
  let path: Heading[] = [];
  return (line) => {
    for (let heading = headings[next]; heading !== undefined && heading.line < line; heading = headings[next]) {
      const { level } = heading;
      path = [...path.filter((above) => above.level < level), heading];
      next += 1;
    }
    return path;
  };
}
