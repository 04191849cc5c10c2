export type ResultLines =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly text: string };

// A result file is a few lines. Anything much larger is a log, whatever it calls itself.
const LINES = 100;

/**
 * A result file of `key: value` lines (W3): exactly the fields named, each once and on one line. Build logs, text over
 * several lines and fields of its own are refused, because what is read here is passed on.
 */
export function resultLines(text: string, fields: readonly string[]): ResultLines {
  const values: Record<string, string> = {};
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.length > LINES) return { ok: false, text: `it has ${lines.length} lines; expected one for each field` };
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const match = /^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line);
    const name = match?.[1] ?? '';
    const position = `line ${index + 1}`;
    if (match === null)
      return { ok: false, text: `${position} is not \`key: value\`: ${JSON.stringify(line.slice(0, 60))}` };
    if (!fields.includes(name))
      return { ok: false, text: `${position} has the field ${name}; expected only ${fields.join(', ')}` };
    if (Object.hasOwn(values, name)) return { ok: false, text: `${position} has the field ${name} again` };
    values[name] = match[2] ?? '';
  }
  return { ok: true, values };
}
