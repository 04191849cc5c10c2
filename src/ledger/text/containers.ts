import { type Cursor, indentation, isBlankAhead, pass, skipSpace } from './cursor.ts';

/** What a line is inside of. `offset`: columns a line of a list item is indented by. */
export type Container =
  | { readonly kind: 'quote' }
  | { readonly kind: 'item'; readonly offset: number; isEmpty: boolean };

/** Does the line go on with the container? Uses up its prefix when it does. */
export function continues(container: Container, cursor: Cursor): boolean {
  if (container.kind === 'quote') return passQuote(cursor);
  if (isBlankAhead(cursor)) {
    // An item that starts with a blank line ends with a second one.
    const goesOn = !container.isEmpty;
    return goesOn;
  }
  container.isEmpty = false;
  if (indentation(cursor) < container.offset) return false;
  skipSpace(cursor, container.offset);
  return true;
}

/**
 * The container that starts here; null: none does.
 *
 * @param isInterrupting a paragraph is open, which an empty item or a number other than 1 does not end
 */
export function newContainer(cursor: Cursor, isInterrupting: boolean): Container | null {
  if (indentation(cursor) > 3 || isBlankAhead(cursor)) return null;
  if (passQuote(cursor)) return { kind: 'quote' };
  return passMarker(cursor, isInterrupting);
}

function passQuote(cursor: Cursor): boolean {
  const indent = indentation(cursor);
  if (indent > 3) return false;
  const at = cursor.text.slice(cursor.index).search(/[^ \t]/);
  if (at === -1 || cursor.text[cursor.index + at] !== '>') return false;
  skipSpace(cursor, indent);
  pass(cursor, 1);
  skipSpace(cursor, 1);
  return true;
}

const MARKER = /^(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/;
const BREAK = /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,})$/;

function passMarker(cursor: Cursor, isInterrupting: boolean): Container | null {
  const indent = indentation(cursor);
  const rest = cursor.text.slice(cursor.index).replace(/^[ \t]+/, '');
  const marker = MARKER.exec(rest);
  if (marker === null || BREAK.test(rest)) return null;
  const isEmpty = /^[ \t]*$/.test(rest.slice(marker[0].length));
  if (isInterrupting && (isEmpty || (marker[1] !== undefined && Number(marker[1]) !== 1))) return null;
  skipSpace(cursor, indent);
  pass(cursor, marker[0].length);
  const gap = indentation(cursor);
  // White space of five and more is one column and then indented code.
  const used = isEmpty || gap > 4 ? 1 : gap;
  skipSpace(cursor, used);
  return { kind: 'item', offset: indent + marker[0].length + used, isEmpty };
}
