import type { Problem } from '../../port/problem.ts';
import { decodeUtf8 } from '../text/decode.ts';
import { columnAt, joinLines } from '../text/lines.ts';
import type { Tally } from '../text/tally.ts';
import { parseDocument, type TableDocument } from './document.ts';
import { factAfter, modelOf, type TableModel } from './model.ts';
import { type TableOptions, wordReader } from './options.ts';
import { readRow } from './rows.ts';
import { type CellWrites, writeCells } from './write-cells.ts';

/** A document in all its forms: bytes, structure, meaning. Invalid UTF-8 has no structure, and keeps its bytes. */
export interface TableText {
  readonly bytes: Buffer;
  readonly document: TableDocument | null;
  readonly model: TableModel;
}

/** Reads any bytes; what cannot be understood is in `model.errors`, with its place (law 4). */
export function parseTable(bytes: Uint8Array, options: TableOptions, tally: Tally = { steps: 0 }): TableText {
  const kept = Buffer.from(bytes);
  const decoded = decodeUtf8(bytes);
  if (!decoded.ok) {
    const byte = `0x${decoded.byte.toString(16).padStart(2, '0')}`;
    const text = `the byte ${byte} is no UTF-8 here; a text in UTF-8 was expected`;
    return {
      bytes: kept,
      document: null,
      model: broken(options.file, 'invalid-utf8', decoded.line, decoded.column, text),
    };
  }
  const document = parseDocument(decoded.text, options.columns, tally);
  const nul = document.lines.findIndex((line) => line.text.includes('\0'));
  if (nul === -1) return { bytes: kept, document, model: modelOf(document, options, tally) };
  const line = document.lines[nul]?.text ?? '';
  const text = 'a NUL character stands here; a text without any was expected';
  const model = broken(options.file, 'nul-character', nul + 1, columnAt(line, line.indexOf('\0')), text);
  return { bytes: kept, document, model };
}

/** Made from the parts, not from the bytes kept aside: that is what law 1 is about. */
export function renderTable(text: TableText): Buffer {
  return text.document === null ? text.bytes : Buffer.from(joinLines(text.document), 'utf8');
}

/**
 * The document with other values in cells of one row. Only that row is read again; so only columns that no other row
 * depends on may be written: not id, `depends_on` or `blocks`.
 */
export function withRow(text: TableText, id: string, writes: CellWrites, options: TableOptions): TableText {
  const place = text.model.rows.get(id);
  if (place === undefined || text.document === null) return text;
  const { row, index } = place;
  const lines = [...text.document.lines];
  const line = writeCells(text.document, row.table, row.line, writes);
  lines[row.line] = { text: line, eol: lines[row.line]?.eol ?? '' };
  const document = { ...text.document, lines };
  const after = readRow(document, row.table, row.line, wordReader(options.words));
  if (after === null || after.id !== id) throw new Error(`Writing the row of ${id} would change which row it is`);
  const facts = [...text.model.facts];
  const fact = facts[index];
  if (fact !== undefined) facts[index] = factAfter(fact, after);
  const rows = new Map(text.model.rows).set(id, { row: after, index });
  const rendered = { bytes: text.bytes, document, model: { ...text.model, facts, rows } };
  return { ...rendered, bytes: renderTable(rendered) };
}

function broken(file: string, code: string, line: number, column: number, text: string): TableModel {
  const errors: Problem[] = [{ severity: 'error', code, file, line, column, text }];
  return { facts: [], groups: [], phases: [], errors, warnings: [], rows: new Map() };
}
