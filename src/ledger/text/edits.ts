/** Replace `start..end` (UTF-16 indexes, end exclusive) by `text`. */
export interface SpanEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies edits that do not overlap; everything outside their spans stays as it is (law 2). */
export function applyEdits(text: string, edits: readonly SpanEdit[]): string {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let from = 0;
  for (const edit of sorted) {
    if (edit.start < from || edit.end < edit.start || edit.end > text.length) {
      throw new Error(
        `Edits overlap or lie outside the text: ${edit.start}..${edit.end} after ${from} of ${text.length}`,
      );
    }
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}
