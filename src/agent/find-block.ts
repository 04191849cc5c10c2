import { scanObject } from './json-scan.ts';

export type Block =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  /** It is meant to be a report but is no JSON. */
  | { readonly ok: false; readonly text: string };

/** What makes an object a report: its `key` field, or any two of its fields. */
export interface BlockFields {
  readonly names: readonly string[];
  /** The field that says which task it is about; null: it has none. */
  readonly key: string | null;
}

/**
 * The last JSON object in a text that is meant to be a report (T5), fenced or bare, on one line or many, with
 * anything around it. Other objects (a usage line, a tool's output) are passed over. One that begins like a
 * report and is cut off or malformed is told as such: an earlier block, such as the example in an echoed prompt, must
 * not take its place.
 */
export function lastBlock(text: string, fields: BlockFields): Block | null {
  let last: Block | null = null;
  for (const start of objectStarts(text)) {
    const scan = scanObject(text, start.at);
    if (scan.ok) {
      const value = parseObject(text.slice(start.at, scan.end));
      if (isReport(fields, (name) => Object.hasOwn(value, name))) last = { ok: true, value };
      start.goOnAt(scan.end);
    } else if (scan.hasKey) {
      const seen = text.slice(start.at, scan.at);
      if (isReport(fields, (name) => seen.includes(`"${name}"`))) last = { ok: false, text: describe(text, scan.at) };
      // Not from the next brace: an object inside a broken one is no report of its own.
      start.goOnAt(scan.at);
    }
  }
  return last;
}

function isReport({ names, key }: BlockFields, has: (name: string) => boolean): boolean {
  return (key !== null && has(key)) || names.filter(has).length >= Math.min(2, names.length);
}

interface Start {
  readonly at: number;
  goOnAt(position: number): void;
}

// A brace that a JSON object could begin with; any other is prose or code. This keeps the scan linear: a start that is
// looked at in vain ends at its first string.
function* objectStarts(text: string): Generator<Start> {
  const opening = /\{\s*["}]/g;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    let next = match.index + 1;
    yield {
      at: match.index,
      goOnAt: (position) => {
        next = Math.max(next, position);
      },
    };
    opening.lastIndex = next;
  }
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function describe(text: string, at: number): string {
  // A string without an end is where the text ends, too.
  if (at >= text.length || /^"[^"\n]*\s*$/.test(text.slice(at))) return 'it is cut off';
  return `unexpected ${JSON.stringify(text.slice(at, at + 20))}`;
}
