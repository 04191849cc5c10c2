import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { scanBlocks } from '../../src/ledger/text/blocks.ts';
import { splitLines } from '../../src/ledger/text/lines.ts';
import { inkOf, splitRow } from '../../src/ledger/text/table-row.ts';

export interface SeenTable {
  /** 0-based lines: header, then body rows. */
  readonly lines: readonly number[];
  /** Raw text of each cell, trimmed, by row. */
  readonly rows: readonly (readonly string[])[];
}

interface Node {
  readonly type: string;
  readonly children?: readonly Node[];
  readonly position?: {
    readonly start: { readonly line: number; readonly offset?: number };
    readonly end: { readonly offset?: number };
  };
}

/**
 * What micromark, an implementation of GFM that is not ours, takes for tables outside of quotes; null when a list or a
 * quote holds one: there it lets a table be followed lazily, like a paragraph, which neither the specification nor
 * GitHub does.
 */
export function tablesByOracle(text: string): readonly SeenTable[] | null {
  const tree = fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }) as Node;
  const found: SeenTable[] = [];
  let isNested = false;
  const visit = (node: Node, depth: number): void => {
    if (node.type === 'table') {
      isNested ||= depth > 1;
      const rows = node.children ?? [];
      found.push({
        lines: rows.map((row) => (row.position?.start.line ?? 0) - 1),
        rows: rows.map((row) => (row.children ?? []).map((cell) => rawCell(text, cell))),
      });
      return;
    }
    for (const child of node.children ?? []) visit(child, depth + 1);
  };
  visit(tree, 0);
  return isNested ? null : found;
}

/** A cell node reaches from its opening pipe, and the last one over the closing pipe. */
function rawCell(text: string, cell: Node): string {
  const raw = text.slice(cell.position?.start.offset ?? 0, cell.position?.end.offset ?? 0);
  const opened = raw.replace(/^[ \t]*\|/, '');
  const slashes = /(\\*)\|[ \t]*$/.exec(opened)?.[1]?.length;
  const closed = slashes !== undefined && slashes % 2 === 0 ? opened.replace(/\|[ \t]*$/, '') : opened;
  return closed.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** The same, by the reader under test. */
export function tablesByUs(text: string): readonly SeenTable[] {
  const { lines } = splitLines(text);
  const textOf = (line: number) => lines[line]?.text ?? '';
  return scanBlocks(lines).tables.map((table) => {
    const numbers = [table.header];
    for (let line = table.delimiter + 1; line < table.end; line += 1) numbers.push(line);
    return {
      lines: numbers,
      rows: numbers.map((line) => {
        const spans = splitRow(textOf(line), line === table.header ? table.from : 0);
        // A row of one lone pipe: no cell or an empty one, too short for any table of tasks either way.
        if (spans.length === 0) return [''];
        return Array.from({ length: spans.length / 2 }, (_, index) => {
          const ink = inkOf(textOf(line), spans[index * 2] ?? 0, spans[index * 2 + 1] ?? 0);
          return textOf(line).slice(ink.start, ink.end);
        });
      }),
    };
  });
}
