import type { z } from 'zod';
import type { Path } from './place.ts';
import { suggestion } from './suggest.ts';

/** One mistake that the schema found, in words. */
export interface Finding {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly code: string;
  readonly text: string;
  /** Something is absent, rather than something there wrong. */
  readonly isMissing: boolean;
}

type Issue = z.core.$ZodIssue;

/**
 * What zod found, as sentences. `value` is the whole of which the part at `prefix` was checked, `json` the JSON Schema of
 * the whole, from which the keys that would have been right are read.
 */
export function findings(issues: readonly Issue[], value: unknown, json: unknown, prefix: Path = []): Finding[] {
  return issues.flatMap((issue) => finding(issue, prefix, value, json));
}

function finding(issue: Issue, prefix: Path, value: unknown, json: unknown): Finding[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const found = valueAt(value, path);
  const wrong = { path, at: 'value', code: 'bad-value', isMissing: false } as const;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], json));
  if (issue.code === 'invalid_key') {
    const why = issue.issues.map(({ code, message }) => (code === 'custom' ? message : `is not ${message}`)).join('; ');
    return [{ ...wrong, at: 'key', text: `the name ${show(path.at(-1))} in ${spellPath(path.slice(0, -1))} ${why}` }];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionFindings(issue, path, value, json);
  if (issue.code === 'custom' && issue.params?.follows === true)
    return [{ ...wrong, text: `${spellPath(path)} ${show(found)} ${issue.message}` }];
  if (found === undefined) {
    return [
      {
        ...wrong,
        code: 'missing-key',
        text: `${spellPath(path)} is missing; expected ${issue.message}`,
        isMissing: true,
      },
    ];
  }
  const code = issue.code === 'invalid_type' ? 'wrong-type' : 'bad-value';
  return [
    { ...wrong, code, text: `${spellPath(path)} is ${show(found)}; expected ${issue.message}${hint(issue, found)}` },
  ];
}

/** The form that was meant is the one whose kind of value is there: text, or a map. */
function unionFindings(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  value: unknown,
  json: unknown,
): Finding[] {
  const branches = issue.errors.filter(
    (issues) => !issues.some((one) => one.path.length === 0 && isOtherKind(one, valueAt(value, path))),
  );
  const meant = branches.length === 1 ? branches[0] : undefined;
  if (meant !== undefined) return meant.flatMap((one) => finding(one, path, value, json));
  const wanted = [...new Set(issue.errors.flatMap(([first]) => (first ? [first.message] : [])))].join(', or ');
  const found = valueAt(value, path);
  const text =
    found === undefined
      ? `${spellPath(path)} is missing; expected ${wanted}`
      : `${spellPath(path)} is ${show(found)}; expected ${wanted}`;
  return [
    {
      path,
      at: 'value',
      code: found === undefined ? 'missing-key' : 'wrong-type',
      text,
      isMissing: found === undefined,
    },
  ];
}

function isOtherKind(issue: Issue, found: unknown): boolean {
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof found !== 'string');
}

function unknownKey(path: Path, json: unknown): Finding {
  const key = String(path.at(-1));
  const known = knownKeys(json, path.slice(0, -1));
  const hinted = suggestion(key, known);
  const others = known.length === 0 ? '' : `; expected one of ${known.join(', ')}`;
  const place = path.length === 1 ? '' : ` in ${spellPath(path.slice(0, -1))}`;
  return {
    path,
    at: 'key',
    code: 'unknown-key',
    text: `unknown key "${key}"${place}${hinted || others}`,
    isMissing: false,
  };
}

function hint(issue: Issue, found: unknown): string {
  const words = /^one of (.+)$/.exec(issue.message)?.[1];
  return typeof found === 'string' && words !== undefined ? suggestion(found, words.split(/, (?:or )?/)) : '';
}

/** Keys that the JSON Schema knows at `path`, in any of its alternatives. */
function knownKeys(json: unknown, path: Path): string[] {
  let level = [json];
  for (const part of path) level = level.flatMap(alternatives).flatMap((schema) => below(schema, part));
  return [...new Set(level.flatMap(alternatives).flatMap((schema) => Object.keys(record(schema.properties))))];
}

function alternatives(schema: unknown): Record<string, unknown>[] {
  const own = record(schema);
  return [own, ...[own.anyOf, own.oneOf].flatMap((some) => (Array.isArray(some) ? some.flatMap(alternatives) : []))];
}

function below(schema: Record<string, unknown>, part: string | number): unknown[] {
  if (typeof part === 'number') return [schema.items];
  const properties = record(schema.properties);
  return [Object.hasOwn(properties, part) ? properties[part] : schema.additionalProperties];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
}

/** `gates[0].run`, the way people point at things. */
export function spellPath(path: Path): string {
  if (path.length === 0) return 'the file';
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** A value in a sentence: short, and safe to print. */
export function show(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  const short = value.length > 60 ? `${[...value].slice(0, 60).join('')}...` : value;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
