import type { Report } from '../core/event.ts';
import type { ReportField, ReportSpec } from '../core/playbook.ts';
import { tokenAmount } from './token-amount.ts';

export type ReportReading =
  | { readonly ok: true; readonly report: Report }
  /** One sentence that a retry is told: what is wrong, and what was expected. */
  | { readonly ok: false; readonly problem: string };

type Values = Readonly<Record<string, unknown>>;

const COMMIT = /^[0-9a-f]{4,64}$/i;

/** Checks what an agent wrote against the playbook's `reports`, and says it in the engine's words (T5, W3). */
export function reportFromValues(values: Values, spec: ReportSpec): ReportReading {
  const fields = Object.entries(spec.fields);
  const status = statusIn(values, fields);
  const problems = fields
    .map(([name, field]) => problemOf(name, field, values))
    .concat(commitProblem(values, fields, status))
    .filter((problem) => problem !== null);
  if (problems.length > 0) return { ok: false, problem: `The report is not as asked: ${problems.join('; ')}.` };

  const one = (means: ReportField['means']): unknown =>
    given(values, fields.find(([, field]) => field.means === means)?.[0]);
  const flags = fields
    .filter(([, { type }]) => type === 'boolean')
    .map(([name]) => [name, truth(given(values, name))] as const)
    .filter(([, value]) => value !== null);
  return {
    ok: true,
    report: {
      status,
      task: textOf(one('task')),
      commit: commitOf(one('commit')),
      usedTokens: tokenAmount(one('used')),
      notes: textOf(one('notes')) ?? '',
      blockedBy: listOf(one('blocked-by')) ?? [],
      flags: Object.fromEntries(flags.map(([name, value]) => [name, value === true])),
    },
  };
}

function problemOf(name: string, field: ReportField, values: Values): string | null {
  const value = given(values, name);
  // Only a success has a commit to name, and whether it must be one is asked apart.
  if (field.means === 'commit') return null;
  if (value === undefined) return field.required ? `\`${name}\` is missing` : null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if ([...text].length > field.maxLength) {
    return `\`${name}\` has ${[...text].length} characters; expected at most ${field.maxLength}`;
  }
  return isOfType(value, field) ? null : `\`${name}\` is ${clip(text)}; expected ${expectedOf(field)}`;
}

function isOfType(value: unknown, field: ReportField): boolean {
  switch (field.type) {
    case 'string':
      // `used: 5200` and `task_id: 12` are what people and models write where the schema says text.
      return typeof value === 'string' || typeof value === 'number';
    case 'number':
      return field.means === 'used' ? tokenAmount(value) !== null : isNumber(value);
    case 'boolean':
      return truth(value) !== null;
    case 'enum':
      return typeof value === 'string' && field.values.includes(value);
    case 'list':
      return listOf(value) !== null;
  }
}

function expectedOf(field: ReportField): string {
  if (field.type === 'enum') return field.values.join(', ');
  return { string: 'text', number: 'a number', boolean: 'true or false', list: 'a list of texts' }[field.type];
}

function commitProblem(values: Values, fields: [string, ReportField][], status: Report['status']): string | null {
  const [name, field] = fields.find(([, { means }]) => means === 'commit') ?? [];
  if (name === undefined || status === 'failed' || status === 'blocked') return null;
  const value = given(values, name);
  if (value === undefined) return field?.required === true ? `\`${name}\` is missing` : null;
  return commitOf(value) === null ? `\`${name}\` is ${clip(JSON.stringify(value))}; expected a commit id` : null;
}

function statusIn(values: Values, fields: [string, ReportField][]): Report['status'] {
  const [name, field] = fields.find(([, { means }]) => means === 'status') ?? [];
  const word = given(values, name);
  return typeof word === 'string' && field !== undefined && Object.hasOwn(field.map, word)
    ? (field.map[word] ?? null)
    : null;
}

/** Nothing, null and the empty text all say that there is no value. */
function given(values: Values, name: string | undefined): unknown {
  if (name === undefined || !Object.hasOwn(values, name)) return undefined;
  const value = values[name];
  return value === null || value === '' ? undefined : value;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

// A report goes to git, so nothing but an id may pass here (S1).
function commitOf(value: unknown): string | null {
  return typeof value === 'string' && COMMIT.test(value.trim()) ? value.trim().toLowerCase() : null;
}

function truth(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'yes') return true;
  return value === 'false' || value === 'no' ? false : null;
}

function isNumber(value: unknown): boolean {
  return (
    typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
  );
}

function listOf(value: unknown): string[] | null {
  if (typeof value === 'string') return value.split(/[,\s]+/).filter((item) => item !== '');
  if (!Array.isArray(value)) return null;
  const items = value.map(textOf);
  return items.every((item) => item !== null) ? items : null;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
