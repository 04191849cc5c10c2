import { type Container, continues, newContainer } from './containers.ts';
import { type Cursor, cursorAt, firstInk, indentation, isBlankAhead } from './cursor.ts';
import { endsAtBlank, htmlBlockEnd } from './html.ts';
import type { Line } from './lines.ts';
import { delimiterRow, splitRow } from './table-row.ts';
import type { Tally } from './tally.ts';

/** A heading outside of lists and quotes. `line` is 0-based; of a setext heading, its first line. */
export interface Heading {
  readonly line: number;
  readonly level: number;
  readonly text: string;
}

/** A table outside of quotes; lines are 0-based, body rows are `delimiter + 1` up to `end`, exclusive. */
export interface TableBlock {
  readonly header: number;
  readonly delimiter: number;
  end: number;
  /** Index in the header line at which its row starts, after list markers. */
  readonly from: number;
}

export interface Blocks {
  readonly headings: readonly Heading[];
  readonly tables: readonly TableBlock[];
}

type Leaf =
  | { readonly kind: 'none' }
  /** `first`: its first line. `last`: where the text of its last line starts; null: that line cannot be a table's header. */
  | { readonly kind: 'paragraph'; readonly first: number; readonly last: number | null }
  | { readonly kind: 'fence'; readonly mark: string; readonly length: number }
  | { readonly kind: 'html'; readonly end: RegExp }
  | { readonly kind: 'table'; readonly block: TableBlock };

const NONE: Leaf = { kind: 'none' };

/**
 * Finds the headings and tables of a Markdown text, as GitHub sees them: what looks like a table inside code, an HTML
 * block or a comment is none (L1). One pass, a line at a time; the block structure is CommonMark's, inline text is not
 * looked at.
 */
export function scanBlocks(lines: readonly Line[], tally: Tally = { steps: 0 }): Blocks {
  const scan: Scan = { lines, tally, headings: [], tables: [], containers: [], leaf: NONE };
  for (let at = 0; at < lines.length; at += 1) scanLine(scan, at);
  return { headings: scan.headings, tables: scan.tables };
}

interface Scan {
  readonly tally: Tally;
  readonly lines: readonly Line[];
  readonly headings: Heading[];
  readonly tables: TableBlock[];
  containers: Container[];
  leaf: Leaf;
}

function scanLine(scan: Scan, at: number): void {
  const text = scan.lines[at]?.text ?? '';
  scan.tally.steps += 1;
  // Nearly every line of a long ledger is a plain row of a table: no other block starts with a pipe.
  if (scan.leaf.kind === 'table' && scan.containers.length === 0 && text.charCodeAt(0) === 124) {
    scan.leaf.block.end = at + 1;
    return;
  }
  const cursor = cursorAt(text);
  let kept = 0;
  for (const container of scan.containers) {
    scan.tally.steps += 1;
    if (!continues(container, cursor)) break;
    kept += 1;
  }
  const isKept = kept === scan.containers.length;
  if (isKept && continueVerbatim(scan, cursor)) return;
  const opened = openContainers(scan, cursor, kept);
  if (opened) scan.leaf = NONE;
  else if (!isKept && !(scan.leaf.kind === 'paragraph' && isLazy(cursor))) {
    scan.containers.length = kept;
    scan.leaf = NONE;
  }
  leafLine(scan, cursor, at, isKept || opened || scan.containers.length === kept);
}

/** Inside a fence or an HTML block only its end matters. */
function continueVerbatim(scan: Scan, cursor: Cursor): boolean {
  const { leaf } = scan;
  if (leaf.kind === 'fence') {
    if (closesFence(leaf, cursor)) scan.leaf = NONE;
    return true;
  }
  if (leaf.kind !== 'html') return false;
  if (leaf.end.test(cursor.text.slice(cursor.index))) scan.leaf = NONE;
  return true;
}

function closesFence(leaf: { readonly mark: string; readonly length: number }, cursor: Cursor): boolean {
  if (indentation(cursor) > 3) return false;
  const rest = cursor.text.slice(firstInk(cursor)).replace(/[ \t]+$/, '');
  return rest.length >= leaf.length && rest === leaf.mark.repeat(rest.length);
}

/** Pushes the containers that start on this line; those that did not continue end when one does. */
function openContainers(scan: Scan, cursor: Cursor, kept: number): boolean {
  let isOpened = false;
  // In a paragraph only some lists may start; a sibling of an item that just ended is no interruption.
  let isInterrupting = scan.leaf.kind === 'paragraph' && kept === scan.containers.length;
  for (;;) {
    const container = newContainer(cursor, isInterrupting);
    if (container === null) return isOpened;
    if (!isOpened) scan.containers.length = kept;
    scan.containers.push(container);
    isOpened = true;
    isInterrupting = false;
  }
}

/** Could this line go on with an open paragraph although its container's prefix is missing? */
function isLazy(cursor: Cursor): boolean {
  if (isBlankAhead(cursor)) return false;
  if (indentation(cursor) > 3) return true;
  return startOf(cursor.text.slice(firstInk(cursor)), true) === null;
}

/** @param isInPlace false for a lazy line, which can only be text */
function leafLine(scan: Scan, cursor: Cursor, at: number, isInPlace: boolean): void {
  const inParagraph = scan.leaf.kind === 'paragraph';
  if (isBlankAhead(cursor)) {
    scan.leaf = NONE;
    return;
  }
  if (indentation(cursor) > 3) {
    scan.leaf = scan.leaf.kind === 'paragraph' ? { ...scan.leaf, last: null } : NONE;
    return;
  }
  const from = firstInk(cursor);
  const rest = cursor.text.slice(from);
  // `---` under a paragraph is its underline before it is a thematic break.
  if (scan.leaf.kind === 'paragraph' && isInPlace && underlines(scan, scan.leaf.first, rest, at)) return;
  const start = startOf(rest, inParagraph);
  if (start !== null) {
    if (start.heading !== null && scan.containers.length === 0) scan.headings.push({ line: at, ...start.heading });
    scan.leaf = start.leaf;
    return;
  }
  if (scan.leaf.kind === 'table') {
    scan.leaf.block.end = at + 1;
    return;
  }
  if (isInPlace && opensTable(scan, cursor, at)) return;
  const first = scan.leaf.kind === 'paragraph' ? scan.leaf.first : at;
  scan.leaf = { kind: 'paragraph', first, last: from };
}

interface Start {
  readonly leaf: Leaf;
  readonly heading: { readonly level: number; readonly text: string } | null;
}

/** The block other than a paragraph or a table that starts with `rest`, which is indented by at most three. */
function startOf(rest: string, inParagraph: boolean): Start | null {
  const fence = /^(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(rest);
  if (fence) {
    const mark = fence[1] ?? fence[2] ?? '';
    return { leaf: { kind: 'fence', mark: mark.slice(0, 1), length: mark.length }, heading: null };
  }
  const atx = /^(#{1,6})(?:[ \t]+|$)/.exec(rest);
  if (atx) {
    const text = rest
      .slice(atx[0].length)
      .replace(/(?:^|[ \t]+)#+[ \t]*$/, '')
      .trim();
    return { leaf: NONE, heading: { level: atx[1]?.length ?? 1, text } };
  }
  const end = htmlBlockEnd(rest, inParagraph);
  if (end !== null) {
    // `<!-- x -->` ends on its own line; a block that a blank line ends cannot.
    return { leaf: !endsAtBlank(end) && end.test(rest) ? NONE : { kind: 'html', end }, heading: null };
  }
  return isThematicBreak(rest) ? { leaf: NONE, heading: null } : null;
}

function isThematicBreak(rest: string): boolean {
  return /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(rest);
}

function underlines(scan: Scan, first: number, rest: string, at: number): boolean {
  if (!/^(?:=+|-+)[ \t]*$/.test(rest)) return false;
  scan.leaf = NONE;
  if (scan.containers.length === 0) {
    const text = scan.lines.slice(first, at).map((line) => line.text.trim());
    scan.headings.push({ line: first, level: rest.startsWith('=') ? 1 : 2, text: text.join(' ') });
  }
  return true;
}

/** A delimiter row under a line with as many cells makes that line the header of a table. */
function opensTable(scan: Scan, cursor: Cursor, at: number): boolean {
  if (scan.leaf.kind !== 'paragraph' || scan.leaf.last === null) return false;
  const aligns = delimiterRow(cursor.text, cursor.index);
  if (aligns === null) return false;
  const header = splitRow(scan.lines[at - 1]?.text ?? '', scan.leaf.last);
  if (header.length !== aligns.length * 2) return false;
  const block: TableBlock = { header: at - 1, delimiter: at, end: at + 1, from: scan.leaf.last };
  if (!scan.containers.some((container) => container.kind === 'quote')) scan.tables.push(block);
  scan.leaf = { kind: 'table', block };
  return true;
}
