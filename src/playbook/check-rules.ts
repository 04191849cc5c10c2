import { checkName, checkNames, checkUnique } from './check-names.ts';
import { checkPlaceholders, checkTemplates } from './check-templates.ts';
import { parseRung } from './rung.ts';
import type { Sections, Stack } from './stack.ts';
import { TASK_PLACEHOLDERS } from './template.ts';

/** Mistakes outside the stages that need more than one key to see. */
export function checkRules(stack: Stack, sections: Sections): void {
  checkAdmission(stack, sections);
  checkPhases(stack, sections);
  checkLadder(stack, sections);
  checkMerge(stack, sections);
  checkSteps(stack, sections);
  checkTemplates(stack, sections);
  const gates = sections.gates?.map(({ name }) => name) ?? null;
  checkUnique(stack, gates ?? [], 'gate', (index) => ['gates', index, 'name']);
  for (const [name, repo] of Object.entries(sections.repos ?? {}))
    checkNames(stack, repo.gates ?? [], gates, 'gate', ['repos', name, 'gates']);
  if (sections.merge?.gates) checkNames(stack, sections.merge.gates, gates, 'gate', ['merge', 'gates']);
}

function stageNames(sections: Sections): string[] | null {
  return sections.ways ? [...new Set(sections.ways.flatMap(({ stages }) => stages.map(({ name }) => name)))] : null;
}

function checkAdmission(stack: Stack, { admission, workspace, ...sections }: Sections): void {
  if (admission === undefined) return;
  if (workspace?.kind === 'shared' && admission.limit > 1) {
    const where = stack.isWritten(['workspace', 'kind']) ? ['workspace', 'kind'] : ['admission', 'limit'];
    stack.add(
      where,
      'contradiction',
      `"workspace: {kind: shared}" allows one agent at a time, and the limit is ${admission.limit}; expected "limit: 1" or "kind: worktree"`,
    );
  }
  if (admission.waveSize !== undefined && admission.unit !== 'wave') {
    stack.add(
      ['admission', 'waveSize'],
      'contradiction',
      `"waveSize" is only for waves, and "unit" is ${admission.unit}; expected "unit: wave"`,
      'key',
    );
  }
  for (const stage of Object.keys(admission.caps))
    checkName(stack, stage, stageNames({ ...sections }), 'stage', ['admission', 'caps', stage], 'key');
  checkUnique(stack, admission.order, 'order', (index) => ['admission', 'order', index]);
  admission.exclusive.forEach((template, index) => {
    checkPlaceholders(stack, template, TASK_PLACEHOLDERS, ['admission', 'exclusive', index]);
  });
}

function checkPhases(stack: Stack, { admission }: Sections): void {
  if (admission === undefined || stack.isDropped(['admission', 'phases', 'by'])) return;
  const { by, patterns, column, active } = admission.phases;
  const path = ['admission', 'phases'];
  if (by === 'pattern' && patterns.length === 0)
    stack.add(
      [...path, 'by'],
      'missing-key',
      '"by: pattern" needs "patterns"; expected a list of ids such as "MS-SEC-*"',
    );
  if (by !== 'pattern' && patterns.length > 0)
    stack.add(
      [...path, 'patterns'],
      'contradiction',
      `"patterns" are only for "by: pattern", and "by" is ${by}`,
      'key',
    );
  if (by === 'column' && column === null)
    stack.add([...path, 'by'], 'missing-key', '"by: column" needs "column"; expected the name of a column');
  if (by !== 'column' && column !== null)
    stack.add([...path, 'column'], 'contradiction', `"column" is only for "by: column", and "by" is ${by}`, 'key');
  if (by === 'none' && active !== null)
    stack.add(
      [...path, 'active'],
      'contradiction',
      'the active phase is named, and this playbook has no phases; expected "admission: {phases: {by: heading}}"',
      'key',
    );
}

function checkLadder(stack: Stack, sections: Sections): void {
  const stages = stageNames(sections);
  const agents = sections.agents ? Object.keys(sections.agents) : null;
  for (const [failure, rungs] of Object.entries(sections.retry?.ladder ?? {})) {
    rungs?.forEach((word, index) => {
      const rung = parseRung(word);
      const path = ['retry', 'ladder', failure, index];
      if (rung?.do === 'back') checkName(stack, rung.stage, stages, 'stage', path);
      if (rung?.do === 'retry') checkName(stack, rung.agent ?? null, agents, 'agent', path);
    });
  }
}

function checkMerge(stack: Stack, { ways }: Sections): void {
  if (
    ways === undefined ||
    ways.some(({ stages }) => stages.some((stage) => stage.do === 'land' && stage.how === 'merge'))
  )
    return;
  if (stack.isWritten(['merge']))
    stack.add(
      ['merge'],
      'contradiction',
      '"merge" is set, and no stage of this playbook merges; expected a stage with "how: merge"',
      'key',
    );
}

function checkSteps(stack: Stack, { steps }: Sections): void {
  if (steps === undefined) return;
  for (const scope of ['preflight', 'afterGroup', 'afterPhase', 'afterRun'] as const) {
    const names = steps[scope].map((step) => (typeof step === 'string' ? step : (step.name ?? step.do)));
    checkUnique(stack, names, 'step', (index) => ['steps', scope, index, 'name']);
  }
}
