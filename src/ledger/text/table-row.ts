/** Cells of a table row as pairs of indexes: raw text between separators, `[start, end, start, end, ...]`. */
export type CellSpans = readonly number[];

/**
 * Splits a row as GitHub does: a pipe separates unless an odd number of backslashes stands before it, inside code spans
 * too; one pipe at either edge is optional (L1).
 *
 * @param from index where the row starts, after the prefixes of its containers
 */
export function splitRow(text: string, from = 0): CellSpans {
  const spans: number[] = [];
  let end = text.length;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end -= 1;
  let start = from;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  if (start < end && text.charCodeAt(start) === 124) start += 1;
  let pipe = separatorAfter(text, start, end);
  while (pipe !== -1) {
    spans.push(start, pipe);
    start = pipe + 1;
    pipe = separatorAfter(text, start, end);
  }
  // After the last separator: a cell without its closing pipe, or nothing when the pipe closed the row.
  if (start < end) spans.push(start, text.length);
  return spans;
}

/** The text of cell `index`, without the white space around it and with `\|` and `\\` read as `|` and `\`. */
export function cellText(text: string, spans: CellSpans, index: number): string {
  const { start, end } = inkOf(text, spans[index * 2] ?? 0, spans[index * 2 + 1] ?? 0);
  const raw = text.slice(start, end);
  return raw.includes('\\') ? raw.replace(/\\([\\|])/g, '$1') : raw;
}

/** Written so that `cellText` gives the value back: a backslash is doubled only where it would be read as an escape. */
export function escapeCell(value: string): string {
  const line = value.replace(/\s*[\r\n]+\s*/g, ' ').trim();
  return line.replace(/\\(?=[\\|]|$)/g, '\\\\').replaceAll('|', '\\|');
}

/** The span without the spaces and tabs at its edges; empty spans collapse to their end. */
export function inkOf(text: string, from: number, to: number): { readonly start: number; readonly end: number } {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return { start, end };
}

export type Align = 'none' | 'left' | 'right' | 'center';

/** Alignments of a delimiter row (`| --- | :-: |`); null: it is none. A row without pipe and colon is a heading's underline. */
export function delimiterRow(text: string, from: number): readonly Align[] | null {
  const { start, end } = inkOf(text, from, text.length);
  const rest = text.slice(start, end);
  if (!DELIMITER_ROW.test(rest) || !/[|:]/.test(rest)) return null;
  const inner = rest.replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => alignOf(cell.trim()));
}

// Written without nested repetition of white space, so that a long line costs one pass.
const DELIMITER_ROW = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;

function alignOf(cell: string): Align {
  const left = cell.startsWith(':');
  const right = cell.endsWith(':');
  return left ? (right ? 'center' : 'left') : right ? 'right' : 'none';
}

function separatorAfter(text: string, from: number, end: number): number {
  let at = text.indexOf('|', from);
  while (at !== -1 && at < end) {
    let slashes = 0;
    while (at - 1 - slashes >= from && text.charCodeAt(at - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('|', at + 1);
  }
  return -1;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
