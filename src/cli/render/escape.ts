/**
 * Text of documents and agents is data (S2): control characters could move the cursor, change the title or hide a line,
 * and bidirectional overrides could make one word look like another. They are shown as their code instead.
 */
const CONTROL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;
const CONTROL_BUT_BREAKS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** For one line: line breaks and tabs are escaped too. */
export function escapeLine(text: string): string {
  return text.replace(CONTROL, spell);
}

/** For a block: line breaks stay, CRLF becomes LF, a tab stays. */
export function escapeBlock(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROL_BUT_BREAKS, spell);
}

/** JSON for a terminal or a pipe: the value is the same, and no character of it can steer a terminal. */
export function safeJson(value: unknown, space?: number): string {
  return escapeJson(JSON.stringify(value, null, space));
}

/** JSON leaves DEL, C1 and bidirectional controls as they are; as an escape they mean the same. Line breaks stay. */
export function escapeJson(json: string): string {
  return UNSAFE_IN_JSON.test(json) ? json.replace(CONTROL_BUT_BREAKS, unicodeEscape) : json;
}
// Told by a plain class first: property classes take 30 ms over the lists of a large project.
const UNSAFE_IN_JSON = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

function spell(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(character);
}

function unicodeEscape(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
