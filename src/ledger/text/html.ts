// The seven kinds of HTML block of CommonMark 0.31, section 4.6. What is inside one is no table and no heading: most of
// all a table that somebody commented out.

const TAGS =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
  'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
  'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';
const ATTRIBUTE = String.raw`(?:[ \t]+[A-Za-z_:][\w.:-]*(?:[ \t]*=[ \t]*(?:[^\s"'=<>\x60]+|'[^']*'|"[^"]*"))?)`;

const BLANK = /^[ \t]*$/;
const KINDS: readonly { readonly start: RegExp; readonly end: RegExp; readonly interrupts: boolean }[] = [
  { start: /^<(?:script|pre|style|textarea)(?:[\s>]|$)/i, end: /<\/(?:script|pre|style|textarea)>/i, interrupts: true },
  { start: /^<!--/, end: /-->/, interrupts: true },
  { start: /^<\?/, end: /\?>/, interrupts: true },
  { start: /^<![A-Za-z]/, end: />/, interrupts: true },
  { start: /^<!\[CDATA\[/, end: /\]\]>/, interrupts: true },
  { start: new RegExp(`^</?(?:${TAGS})(?:[ \\t]|/?>|$)`, 'i'), end: BLANK, interrupts: true },
  {
    start: new RegExp(
      String.raw`^(?:<[A-Za-z][A-Za-z0-9-]*${ATTRIBUTE}*[ \t]*/?>|</[A-Za-z][A-Za-z0-9-]*[ \t]*>)[ \t]*$`,
    ),
    end: BLANK,
    interrupts: false,
  },
];

/** What ends the HTML block that starts with `rest`; null: none starts here. */
export function htmlBlockEnd(rest: string, inParagraph: boolean): RegExp | null {
  if (!rest.startsWith('<')) return null;
  for (const kind of KINDS) {
    if (kind.start.test(rest) && (kind.interrupts || !inParagraph)) return kind.end;
  }
  return null;
}

/** A block that a blank line ends does not include that line. */
export function endsAtBlank(end: RegExp): boolean {
  return end === BLANK;
}
