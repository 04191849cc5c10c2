import { z } from 'zod';
import { ESCALATION_CHOICES, FAILURE_CLASSES, ORDER_KEYS } from '../core/playbook.ts';
import { parseRung, RUNGS } from './rung.ts';
import {
  anyText,
  branch,
  count,
  duration,
  expected,
  flag,
  list,
  map,
  name,
  named,
  oneOf,
  path,
  percent,
  someOf,
  text,
} from './schema-scalar.ts';

export const activePhase = map({ file: path, heading: text });

export const phases = map({
  by: oneOf(['none', 'heading', 'pattern', 'column']).default('none'),
  patterns: list(text).default([]),
  column: text.nullable().default(null),
  active: activePhase.nullable().default(null),
});

const LIMIT = 'a whole number from 1 to 1000';
export const limit = z.int(expected(LIMIT)).min(1, expected(LIMIT)).max(1000, expected(LIMIT));

export const admissionShape = {
  limit,
  unit: oneOf(['task', 'group', 'wave']),
  waveSize: limit.optional(),
  barrier: oneOf(['settled', 'done']),
  phases,
  caps: named(count),
  exclusive: list(text),
  order: someOf(oneOf(ORDER_KEYS)),
};

export const workspaceShape = {
  kind: oneOf(['worktree', 'shared', 'none']),
  path: text,
  branch: text,
  deps: oneOf(['merge', 'ignore']),
  prepare: list(text),
};

const rung = z
  .string(expected(`one of ${RUNGS.join(', ')}`))
  .refine((word) => parseRung(word) !== undefined, expected(`one of ${RUNGS.join(', ')}`));

const classes = ['default', ...FAILURE_CLASSES] as const;
const ladder = Object.fromEntries(classes.map((word) => [word, someOf(rung)])) as Record<
  (typeof classes)[number],
  z.ZodArray<typeof rung>
>;

export const boundsShape = { handoff: count, park: count, blocker: count, lost: count };
export const retryShape = {
  attempts: count,
  ladder: map({ ...ladder }).partial(),
  bounds: map(boundsShape),
  park: duration,
};

const check = { name, run: text, timeout: duration.prefault('1m') };
export const checkStep = map({ do: oneOf(['check']).default('check'), ...check });
const BOOKKEEPING = ['consolidate', 'checkpoint', 'hard-stop', 'assess-context', 'handoff'] as const;
const STEP = `one of ${BOOKKEEPING.join(', ')}, or {do: check, name, run}`;
/** `- consolidate` or `- {do: check, name: smoke, run: npm run smoke}`. */
const step = z.union([
  oneOf(BOOKKEEPING),
  z.discriminatedUnion(
    'do',
    [map({ do: z.literal('check'), ...check }), map({ do: oneOf(BOOKKEEPING), name: name.optional() })],
    expected(STEP),
  ),
]);
export type StepSource = z.output<typeof step>;

export const stepsShape = {
  preflight: list(checkStep),
  afterGroup: list(step),
  afterPhase: list(step),
  afterRun: list(step),
  recheck: duration,
  giveUp: duration,
};

const CHECKPOINT = 'after-each, after-batch:N or at-end';
/** P3. `after-batch:3` is short for `{mode: after-batch, every: 3}`. */
export const checkpoint = z
  .string(expected(CHECKPOINT))
  .regex(/^(?:after-each|at-end|after-batch:[1-9]\d{0,3})$/, expected(CHECKPOINT))
  .transform((word) => {
    const every = /^after-batch:(\d+)$/.exec(word)?.[1];
    if (every !== undefined) return { mode: 'after-batch' as const, every: Number(every) };
    return { mode: word === 'at-end' ? ('at-end' as const) : ('after-each' as const), every: 1 };
  });

export const escalationShape = {
  choices: someOf(oneOf(ESCALATION_CHOICES)),
  retryMark: anyText,
  escalatedMark: anyText,
};

export const sessionShape = { reuse: oneOf(['never', 'parent']), minFree: percent };
export const ownShape = { orchestrator: list(text), worker: list(text) };

/** Of a later playbook's merge queue only what the land stage can say: one candidate at a time (M2 `serial`). */
export const merge = map({ mode: oneOf(['serial']), target: branch, push: flag, gates: list(name) }).partial();
