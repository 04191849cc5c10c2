import { z } from 'zod';
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
  oneOf,
  path,
  remote,
  repoPath,
  size,
  someOf,
  text,
} from './schema-scalar.ts';

const VARIABLE = 'the name of an environment variable that does not start with COX_';
const variable = z.string().regex(/^(?!COX_)[A-Za-z_][A-Za-z0-9_]*$/, expected(VARIABLE));

export const agentShape = {
  kind: oneOf(['command', 'script', 'claude', 'codex', 'acp', 'external']),
  command: someOf(text),
  env: z.record(variable, anyText, expected('a map of environment variables')),
  passEnv: list(variable),
  bin: text.nullable(),
  model: text.nullable(),
};

export const agentFull = map({
  kind: agentShape.kind,
  command: list(text).default([]),
  env: agentShape.env.default({}),
  passEnv: agentShape.passEnv.default([]),
  bin: agentShape.bin.default(null),
  model: agentShape.model.default(null),
});

export const gate = map({
  name,
  run: text,
  timeout: duration.prefault('10m'),
  cwd: path.nullable().default(null),
});

const FIELD_MEANINGS = ['task', 'status', 'commit', 'used', 'notes', 'blocked-by'] as const;

const field = map({
  type: oneOf(['string', 'boolean', 'list', 'enum', 'number']),
  values: list(text).default([]),
  required: flag.default(true),
  maxLength: count.default(2000),
  means: oneOf(FIELD_MEANINGS).nullable().default(null),
  map: z.record(text, oneOf(['success', 'failed', 'blocked']), expected('a map of words')).default({}),
});

export const report = map({
  from: oneOf(['json', 'file']),
  path: text.nullable().default(null),
  fields: z.record(text, field, expected('a map of fields')),
});

/** What people write: a file beside the YAML file, or the text itself. */
export const promptSource = z.union([path, map({ text })]);
/** After the loader read the file. */
export const prompt = map({ source: text, text: anyText, isInline: flag });

export const gitShape = { remote: remote.nullable(), base: branch, push: flag };

const repoShape = {
  path: repoPath,
  base: branch.nullable().default(null),
  remote: remote.nullable().default(null),
  gates: list(name).nullable().default(null),
};
const NO_REPO = { base: null, remote: null, gates: null };
/** `api: .` is short for `api: {path: .}`. */
export const repo = z
  .union([repoPath, map(repoShape)])
  .transform((value) => (typeof value === 'string' ? { path: value, ...NO_REPO } : value));

export const limitsShape = {
  attemptOutput: size,
  gateOutput: size,
  prompt: size,
  evidence: size,
  run: duration.nullable(),
  budgetTokens: size.nullable(),
  budgetUsd: z.number(expected('an amount in USD above 0')).positive(expected('an amount in USD above 0')).nullable(),
  fences: count,
  grace: duration,
  sync: duration,
};

/** Program and arguments, without a shell. */
export const program = map({ run: someOf(text) }).nullable();
/** A shell line. */
export const shellLine = map({ run: text }).nullable();
