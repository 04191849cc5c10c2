const TAB = 4;

/** A place in a line, by index and by column: a tab reaches to the next multiple of four, and may be used up in part. */
export interface Cursor {
  readonly text: string;
  index: number;
  column: number;
  /** Columns of a partly used tab that still count as indentation. */
  spare: number;
}

export function cursorAt(text: string): Cursor {
  return { text, index: 0, column: 0, spare: 0 };
}

/** Columns of white space ahead. */
export function indentation(cursor: Cursor): number {
  let column = cursor.column;
  for (let at = cursor.index; at < cursor.text.length; at += 1) {
    const code = cursor.text.charCodeAt(at);
    if (code === 32) column += 1;
    else if (code === 9) column += TAB - (column % TAB);
    else break;
  }
  return column - cursor.column + cursor.spare;
}

export function isBlankAhead(cursor: Cursor): boolean {
  return firstInk(cursor) === cursor.text.length;
}

/** Index of the first character that is neither space nor tab. */
export function firstInk(cursor: Cursor): number {
  let at = cursor.index;
  while (at < cursor.text.length && (cursor.text.charCodeAt(at) === 32 || cursor.text.charCodeAt(at) === 9)) at += 1;
  return at;
}

/** Uses up at most `columns` of white space. */
export function skipSpace(cursor: Cursor, columns: number): void {
  let left = columns;
  const fromSpare = Math.min(left, cursor.spare);
  cursor.spare -= fromSpare;
  left -= fromSpare;
  while (left > 0 && cursor.index < cursor.text.length) {
    const code = cursor.text.charCodeAt(cursor.index);
    if (code !== 32 && code !== 9) return;
    const width = code === 32 ? 1 : TAB - (cursor.column % TAB);
    cursor.index += 1;
    cursor.column += width;
    cursor.spare = Math.max(0, width - left);
    left -= width;
  }
}

/** Passes `count` characters that are not white space. */
export function pass(cursor: Cursor, count: number): void {
  cursor.index += count;
  cursor.column += count;
}
