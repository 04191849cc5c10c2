import { z } from 'zod';
import {
  count,
  duration,
  expected,
  flag,
  list,
  map,
  name,
  named,
  oneOf,
  oneOrMore,
  someOf,
  text,
} from './schema-scalar.ts';

const DEFAULT_VISITS = 10;
const DEFAULT_TIMEOUT = '60m';

const common = {
  /** Outcome -> stage. */
  on: named(name).default({}),
  visits: count.default(DEFAULT_VISITS),
};

const agentStage = map({
  name,
  do: z.literal('agent'),
  role: name.optional(),
  agent: name.nullable().default(null),
  model: text.nullable().default(null),
  prompt: text,
  timeout: duration.prefault(DEFAULT_TIMEOUT),
  expects: oneOrMore(oneOf(['commit', 'output', 'report', 'issue'])).default([]),
  report: name.nullable().default(null),
  accept: text.nullable().default(null),
  mergeBase: flag.default(false),
  session: oneOf(['reuse', 'fresh']).default('reuse'),
  ...common,
});

const gateStage = map({ name, do: z.literal('gate'), gates: list(name).default([]), ...common });

const landStage = map({
  name,
  do: z.literal('land'),
  how: oneOf(['push', 'merge', 'collect', 'none']),
  paths: list(text).default([]),
  gates: list(name).default([]),
  ...common,
});

export const stage = z.discriminatedUnion(
  'do',
  [agentStage, gateStage, landStage],
  expected('one of agent, gate, land'),
);
export type StageSource = z.output<typeof stage>;

const match = map({
  kind: oneOrMore(text).optional(),
  label: oneOrMore(text).optional(),
  title: text.optional(),
  id: text.optional(),
});

export const way = map({
  name: name.optional(),
  match: match.nullable().default(null),
  container: flag.default(false),
  stages: list(stage).default([]),
});
export type WaySource = z.output<typeof way>;

export const ways = someOf(way);

/** `stages:` of `coxswain.yaml`: what a project changes in an agent stage, by its name. */
export const stageOverride = map({ agent: name, model: text, timeout: duration, prompt: text }).partial();
