/** A line and what ended it. A text that ends without a line ending has a last line with `eol` empty. */
export interface Line {
  readonly text: string;
  readonly eol: '' | '\n' | '\r\n' | '\r';
}

const MARK = '\uFEFF';

export interface LineText {
  /** U+FEFF or nothing. */
  readonly mark: string;
  readonly lines: Line[];
}

/** Splits at every line ending CommonMark knows, mixed or not. Concatenating the parts gives the text back (law 1). */
export function splitLines(text: string): LineText {
  const mark = text.startsWith(MARK) ? MARK : '';
  const lines: Line[] = [];
  let start = mark.length;
  // One search per line and per kind of ending: no character is looked at twice.
  let lf = text.indexOf('\n', start);
  let cr = text.indexOf('\r', start);
  while (lf !== -1 || cr !== -1) {
    const isCr = cr !== -1 && (lf === -1 || cr < lf);
    const end = isCr ? cr : lf;
    const eol = !isCr ? '\n' : lf === cr + 1 ? '\r\n' : '\r';
    lines.push({ text: text.slice(start, end), eol });
    start = end + eol.length;
    if (lf !== -1 && lf < start) lf = text.indexOf('\n', start);
    if (isCr) cr = text.indexOf('\r', start);
  }
  if (start < text.length) lines.push({ text: text.slice(start), eol: '' });
  return { mark, lines };
}

export function joinLines({ mark, lines }: LineText): string {
  let text = mark;
  for (const line of lines) text += line.text + line.eol;
  return text;
}

/** 1-based column of a UTF-16 index in a line, in code points. */
export function columnAt(line: string, index: number): number {
  let column = 1;
  for (let at = 0; at < index && at < line.length; column += 1) {
    at += (line.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return column;
}
