import { checkName, checkNames, checkUnique } from './check-names.ts';
import type { Path } from './place.ts';
import type { Full } from './schema.ts';
import type { StageSource, WaySource } from './schema-way.ts';
import type { Sections, Stack } from './stack.ts';
import { TASK_PLACEHOLDERS, unknownPlaceholders } from './template.ts';

/** What the stages of all ways may refer to; null: that section has mistakes of its own, so nothing is said about it. */
interface Names {
  readonly agents: readonly string[] | null;
  readonly gates: readonly string[] | null;
  readonly prompts: readonly string[] | null;
  readonly reports: Full['reports'] | null;
  readonly workspace: Full['workspace'] | null;
}

/** Mistakes in `ways` and `stages` that need more than one key to see. */
export function checkStages(stack: Stack, sections: Sections): void {
  const { ways, stages } = sections;
  if (ways === undefined) return;
  const names: Names = {
    agents: sections.agents ? Object.keys(sections.agents) : null,
    gates: sections.gates?.map(({ name }) => name) ?? null,
    prompts: sections.prompts ? Object.keys(sections.prompts) : null,
    reports: sections.reports ?? null,
    workspace: sections.workspace ?? null,
  };
  checkUnique(
    stack,
    ways.map(({ name }) => name),
    'way',
    (index) => ['ways', index, 'name'],
  );
  ways.forEach((way, index) => {
    checkWay(stack, way, ['ways', index], index === ways.length - 1, names);
  });
  if (stages) checkOverrides(stack, ways, stages, names);
}

function checkWay(stack: Stack, way: WaySource, path: Path, isLast: boolean, names: Names): void {
  const spelled = stack.spell(path);
  if (isLast && way.match !== null) {
    stack.add(
      [...path, 'match'],
      'bad-value',
      `${spelled} is the last way and has a match; expected a last way that takes every other task`,
      'key',
    );
  }
  if (!isLast && way.match === null) {
    stack.add(path, 'missing-key', `${spelled}.match is missing; expected only the last way to take every task`);
  }
  if (way.container && way.stages.length > 0) {
    stack.add(
      [...path, 'stages'],
      'contradiction',
      `${spelled} is a container and has stages; expected one or the other`,
      'key',
    );
  }
  if (!way.container && way.stages.length === 0) {
    stack.add(path, 'missing-key', `${spelled} has no stages; expected at least one, or "container: true"`);
  }
  checkUnique(
    stack,
    way.stages.map(({ name }) => name),
    'stage',
    (index) => [...path, 'stages', index, 'name'],
  );
  way.stages.forEach((stage, index) => {
    checkStage({ stack, way, stage, path: [...path, 'stages', index], names });
  });
}

interface StageCheck {
  readonly stack: Stack;
  readonly way: WaySource;
  readonly stage: StageSource;
  readonly path: Path;
  readonly names: Names;
}

function checkStage(check: StageCheck): void {
  const { stack, stage, path, names } = check;
  checkRoutes(check);
  if (stage.do === 'agent') {
    checkAgentStage(check, stage);
    return;
  }
  checkNames(stack, stage.gates, names.gates, 'gate', [...path, 'gates']);
  if (stage.do === 'land') checkLandStage(check, stage);
}

function checkAgentStage({ stack, way, path, names }: StageCheck, stage: Extract<StageSource, { do: 'agent' }>): void {
  checkName(stack, stage.agent, names.agents, 'agent', [...path, 'agent']);
  checkName(stack, stage.prompt, names.prompts, 'prompt', [...path, 'prompt']);
  checkName(stack, stage.report, names.reports && Object.keys(names.reports), 'report', [...path, 'report']);
  const expects = (what: string) => stage.expects.some((one) => one === what);
  const wrong = (text: string) => stack.add([...path, 'expects'], 'contradiction', `stage "${stage.name}" ${text}`);
  if (expects('report') && stage.report === null) wrong('expects a report and names none; expected "report: NAME"');
  if (expects('commit') && names.workspace?.kind === 'none')
    wrong('expects a commit and has no workspace; expected "workspace: {kind: worktree}"');
  if (expects('output') && !way.stages.some((other) => other.do === 'land' && other.how === 'collect')) {
    wrong('expects output and no stage collects it; expected a stage with "how: collect" and "paths"');
  }
  if (stage.accept === null || names.reports === null) return;
  const fields = stage.report === null ? undefined : names.reports[stage.report]?.fields;
  if (stage.report !== null && fields === undefined) return;
  const flags = Object.entries(fields ?? {}).flatMap(([field, { type }]) => (type === 'boolean' ? [field] : []));
  checkName(stack, stage.accept, flags, 'true-or-false field of the report', [...path, 'accept']);
}

function checkLandStage({ stack, path }: StageCheck, stage: Extract<StageSource, { do: 'land' }>): void {
  if (stage.how === 'collect' && stage.paths.length === 0) {
    stack.add(path, 'missing-key', `stage "${stage.name}" collects nothing; expected "paths" with at least one entry`);
  }
  if (stage.how !== 'collect' && stage.paths.length > 0) {
    stack.add(
      [...path, 'paths'],
      'contradiction',
      `stage "${stage.name}" has paths; expected them only with "how: collect"`,
      'key',
    );
  }
  if (stage.how !== 'merge' && stage.gates.length > 0) {
    stack.add(
      [...path, 'gates'],
      'contradiction',
      `stage "${stage.name}" has gates; expected them only with "how: merge", or in a stage with "do: gate"`,
      'key',
    );
  }
  stage.paths.forEach((template, index) => {
    for (const { text } of unknownPlaceholders(template, [...TASK_PLACEHOLDERS, 'output'], null)) {
      stack.add([...path, 'paths', index], 'unknown-placeholder', text);
    }
  });
}

/** Outcomes a stage can have, as `Routes` of the core names them. */
function checkRoutes({ stack, way, stage, path, names }: StageCheck): void {
  const report = stage.do === 'agent' && stage.report !== null ? names.reports?.[stage.report] : undefined;
  const flags = Object.entries(report?.fields ?? {}).flatMap(([field, { type }]) =>
    type === 'boolean' ? [field] : [],
  );
  const outcomes = {
    agent: ['exhausted', ...flags],
    gate: ['red', 'exhausted'],
    land: ['red', 'conflict', 'exhausted'],
  }[stage.do];
  const isUncertain = stage.do === 'agent' && stage.report !== null && report === undefined;
  for (const [outcome, target] of Object.entries(stage.on)) {
    if (!isUncertain) checkName(stack, outcome, outcomes, 'outcome', [...path, 'on', outcome], 'key');
    checkName(
      stack,
      target,
      way.stages.map((other) => other.name),
      'stage',
      [...path, 'on', outcome],
    );
  }
}

function checkOverrides(stack: Stack, ways: readonly WaySource[], overrides: Full['stages'], names: Names): void {
  const all = ways.flatMap(({ stages }) => stages);
  for (const [name, override] of Object.entries(overrides)) {
    const path = ['stages', name];
    const found = all.filter((stage) => stage.name === name);
    if (!checkName(stack, name, [...new Set(all.map((stage) => stage.name))], 'stage', path, 'key')) continue;
    if (!found.some((stage) => stage.do === 'agent')) {
      stack.add(
        path,
        'contradiction',
        `stage "${name}" starts no agent, so there is nothing to change here; expected a stage with "do: agent"`,
        'key',
      );
    }
    checkName(stack, override.agent ?? null, names.agents, 'agent', [...path, 'agent']);
    checkName(stack, override.prompt ?? null, names.prompts, 'prompt', [...path, 'prompt']);
  }
}
