import { z } from 'zod';
import { branchProblem, idProblem, pathProblem, remoteProblem } from '../core/names.ts';

// Every message in the schema is the half sentence after "expected", except those of `checked`, which follow the value.
// `problem-text.ts` makes whole sentences of both.

/** zod's parameter for "what was expected here". */
export function expected(phrase: string): { error: string } {
  return { error: phrase };
}

export const text = z.string(expected('text')).min(1, expected('text that is not empty'));
export const anyText = z.string(expected('text, in quotes if it looks like a number'));
export const flag = z.boolean(expected('true or false'));

const COUNT = 'a whole number from 1 to 1000000';
export const count = z.int(expected(COUNT)).min(1, expected(COUNT)).max(1_000_000, expected(COUNT));

export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, expected(words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`));
}

export function list<T extends z.ZodType>(item: T) {
  return z.array(item, expected('a list'));
}

export function someOf<T extends z.ZodType>(item: T) {
  return list(item).min(1, expected('a list with at least one entry'));
}

/** `x` or `[x, y]`. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.union([item, someOf(item)]).transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));
}

export function map<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, expected('a map of keys'));
}

/** Names of stages, gates, agents, ...: they become file names and environment values. */
export const name = checked('a name', idProblem);
export const branch = checked('the name of a branch', branchProblem);
export const remote = checked('the name of a remote', remoteProblem);
export const path = checked('a path inside the project', (value) => pathProblem(withoutDot(value)));
export const repoPath = checked('the path of a folder', (value) =>
  pathProblem(withoutDot(value), { mayLeave: true, mayBeRoot: true }),
);

export function named<T extends z.ZodType>(item: T) {
  return z.record(name, item, expected('a map of names'));
}

function checked(what: string, problem: (value: string) => string | null) {
  return z.string(expected(what)).superRefine((value, context) => {
    const message = problem(value);
    if (message !== null) context.addIssue({ code: 'custom', message, params: { follows: true } });
  });
}

/** `./docs/tasks.md` is what people write; git says `docs/tasks.md`. */
export function withoutDot(value: string): string {
  return value.replace(/^(?:\.\/+)+(?=.)/, '');
}

const DURATION = 'a duration from 1ms to 24d, such as 15s, 10m or 2h';
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A timer holds 2^31 - 1 ms, which is a little more. */
const MAX_MS = 24 * UNIT_MS.d;

/** In milliseconds. */
export const duration = z
  .string(expected(DURATION))
  .regex(/^[1-9]\d{0,9}(?:ms|s|m|h|d)$/, { ...expected(DURATION), abort: true })
  .refine((value) => durationMs(value) <= MAX_MS, expected(DURATION))
  .transform(durationMs);

function durationMs(value: string): number {
  const unit = value.replace(/^\d+/, '');
  return Number.parseInt(value, 10) * (unit in UNIT_MS ? UNIT_MS[unit as keyof typeof UNIT_MS] : Number.NaN);
}

export function spellDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms % UNIT_MS[unit] === 0) return `${ms / UNIT_MS[unit]}${unit}`;
  }
  return `${ms}ms`;
}

const SIZE = 'a size such as 40K, 2MB or a number of bytes';
const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** In bytes (or tokens): `40K` is 40,000, `4KiB` is 4,096. */
export const size = z
  .union(
    [
      z.int(expected(SIZE)).min(1, expected(SIZE)),
      z.string(expected(SIZE)).regex(/^\d{1,12}(?:\.\d{1,3})?(?:[KMG]i?)?B?$/, expected(SIZE)),
    ],
    expected(SIZE),
  )
  .transform(sizeBytes)
  .refine((value) => value >= 1 && value <= 1e12, expected(SIZE));

function sizeBytes(value: number | string): number {
  if (typeof value === 'number') return value;
  const [, digits = '', unit = ''] = /^([\d.]+)([KMGi]*)/.exec(value) ?? [];
  return Math.round(Number.parseFloat(digits) * (FACTORS[unit] ?? Number.NaN));
}

const PERCENT = 'a percentage such as 35%';
export const percent = z
  .string(expected(PERCENT))
  .regex(/^(?:100|[1-9]?\d)%$/, expected(PERCENT))
  .transform((value) => Number.parseInt(value, 10));
