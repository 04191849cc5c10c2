import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseDocument, type TableDocument, texts } from '../../ledger/table/document.ts';
import { type Suggestion, suggestMapping } from '../../ledger/table/suggest.ts';
import { decodeUtf8 } from '../../ledger/text/decode.ts';
import { splitRow } from '../../ledger/text/table-row.ts';

export interface FoundTable extends Suggestion {
  /** Relative to the root. */
  readonly file: string;
  /** Rows of the tables that have these columns. */
  readonly rows: number;
}

const MOST_BYTES = 2_000_000;
const MOST_FILES = 2_000;

/** The document that is most likely the task table: by its name first, then by its number of rows; null: none. */
export function findTable(root: string, files: readonly string[]): FoundTable | null {
  const found = files.slice(0, MOST_FILES).flatMap((file) => tableIn(root, file) ?? []);
  found.sort((a, b) => nameRank(a.file) - nameRank(b.file) || b.rows - a.rows || (a.file < b.file ? -1 : 1));
  return found[0] ?? null;
}

function nameRank(file: string): number {
  const name = file.toLowerCase();
  if (name === 'docs/tasks.md') return 0;
  if (/(?:^|\/)tasks?\.md$/.test(name)) return 1;
  return /task|todo|backlog|plan|roadmap/.test(name) ? 2 : 3;
}

function tableIn(root: string, file: string): FoundTable | null {
  const absolute = path.join(root, file);
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MOST_BYTES) return null;
  const decoded = decodeUtf8(readFileSync(absolute));
  if (!decoded.ok) return null;
  const document = parseDocument(decoded.text, {});
  const tables = [...document.tables, ...document.others]
    .map((table) => cellsOf(document, table))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => b.rows.length - a.rows.length);
  for (const { headers } of tables) {
    const alike = tables.filter((table) => table.headers.join('\n') === headers.join('\n'));
    const rows = alike.flatMap((table) => table.rows);
    const suggestion = suggestMapping(headers, rows);
    // A table with words nobody understands is a table about something else.
    if (suggestion === null || suggestion.unread.length > rows.length / 2) continue;
    return { ...suggestion, file, rows: rows.length };
  }
  return null;
}

interface Cells {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function cellsOf({ lines }: TableDocument, table: TableDocument['tables'][number]): Cells {
  const row = (line: number): string[] => {
    const text = lines[line]?.text ?? '';
    return texts(text, splitRow(text, table.from));
  };
  const first = table.delimiter + 1;
  const rows = Array.from({ length: table.end - first }, (_, index) => row(first + index));
  return { headers: row(table.header), rows };
}
