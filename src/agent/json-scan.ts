export type Scan =
  | { readonly ok: true; readonly end: number }
  /** `at`: the first character that JSON does not allow. `hasKey`: up to there it did look like an object. */
  | { readonly ok: false; readonly at: number; readonly hasKey: boolean };

type Expected = 'key or end' | 'key' | 'colon' | 'value' | 'value or end' | 'comma or end';

// In a string: everything from the space on but the quote and the backslash.
const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/**
 * Finds where the JSON object that begins at `start` ends, or where it stops being JSON. Each character is looked at
 * once, nothing is built and nothing recurses, because the text is an agent's.
 */
export function scanObject(text: string, start: number): Scan {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let hasKey = false;
  TOKEN.lastIndex = start;
  for (;;) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) return { ok: false, at: skipSpace(text, at), hasKey };
    const next = follow(expected, match[1] ?? (match[2] === undefined ? 'scalar' : 'string'), open);
    if (next === null) return { ok: false, at: skipSpace(text, at), hasKey };
    hasKey ||= expected === 'colon';
    if (open.length === 0) return { ok: true, end: TOKEN.lastIndex };
    expected = next;
  }
}

/** What may come after `token`, or null when `token` may not stand here. Keeps `open` as it should be after it. */
function follow(expected: Expected, token: string, open: ('{' | '[')[]): Expected | null {
  if (token === '}' || token === ']') return close(expected, token, open);
  switch (expected) {
    case 'key or end':
    case 'key':
      return token === 'string' ? 'colon' : null;
    case 'colon':
      return token === ':' ? 'value' : null;
    case 'comma or end':
      if (token !== ',') return null;
      return open.at(-1) === '{' ? 'key' : 'value';
    case 'value':
    case 'value or end':
      if (token === '{' || token === '[') {
        open.push(token);
        return token === '{' ? 'key or end' : 'value or end';
      }
      return token === 'string' || token === 'scalar' ? 'comma or end' : null;
  }
}

function close(expected: Expected, token: '}' | ']', open: ('{' | '[')[]): Expected | null {
  const isAllowed = expected === 'comma or end' || expected === (token === '}' ? 'key or end' : 'value or end');
  if (!isAllowed || open.at(-1) !== (token === '}' ? '{' : '[')) return null;
  open.pop();
  return 'comma or end';
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return at;
}
