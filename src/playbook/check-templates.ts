import { branchProblem, pathProblem } from '../core/names.ts';
import type { Path } from './place.ts';
import { show } from './problem-text.ts';
import { withoutDot } from './schema-scalar.ts';
import type { Sections, Stack } from './stack.ts';
import { fillTemplate, TASK_PLACEHOLDERS, unknownPlaceholders } from './template.ts';

/** Templates of branches, paths and arguments: what they name is known, and what comes out of them is safe. */
export function checkTemplates(stack: Stack, sections: Sections): void {
  checkWorkspace(stack, sections);
  checkGit(stack, sections);
  checkOwned(stack, sections);
  checkCommands(stack, sections);
}

/** S1: a template must give a good branch and path for every good id. */
function checkWorkspace(stack: Stack, { workspace, git }: Sections): void {
  if (workspace === undefined) return;
  const sample = Object.fromEntries(TASK_PLACEHOLDERS.map((name) => [name, 'x']));
  if (checkPlaceholders(stack, workspace.branch, TASK_PLACEHOLDERS, ['workspace', 'branch'])) {
    const problem = branchProblem(fillTemplate(workspace.branch, sample));
    if (problem !== null)
      stack.add(
        ['workspace', 'branch'],
        'bad-branch',
        `${stack.spell(['workspace', 'branch'])} ${show(workspace.branch)} ${problem}`,
      );
    if (workspace.branch === git?.base)
      stack.add(
        ['workspace', 'branch'],
        'bad-branch',
        `the branch of every task would be ${show(git.base)}, the base; expected a branch of its own, such as "{id}"`,
      );
    else if (!/\{(?:id|task|branch)\}/.test(workspace.branch) && problem === null) {
      stack.add(
        ['workspace', 'branch'],
        'bad-branch',
        `${show(workspace.branch)} is the same branch for every task; expected {id} or {branch} in it`,
      );
    }
  }
  if (!checkPlaceholders(stack, workspace.path, ['id', 'task'], ['workspace', 'path'])) return;
  const problem = pathProblem(withoutDot(fillTemplate(workspace.path, sample)));
  if (problem !== null)
    stack.add(
      ['workspace', 'path'],
      'bad-path',
      `${stack.spell(['workspace', 'path'])} ${show(workspace.path)} ${problem}`,
    );
  else if (!/\{(?:id|task)\}/.test(workspace.path)) {
    stack.add(
      ['workspace', 'path'],
      'bad-path',
      `${show(workspace.path)} is the same folder for every task; expected {id} in it`,
    );
  }
}

function checkGit(stack: Stack, { git }: Sections): void {
  if (git?.remote === null && git.push && stack.isWritten(['git', 'push'])) {
    stack.add(
      ['git', 'push'],
      'contradiction',
      'there is no remote to push to; expected "remote: origin" or "push: false"',
    );
  }
}

function checkOwned(stack: Stack, { own, outputs, ways }: Sections): void {
  const known = { orchestrator: ['ledger', 'task', 'id'], worker: ['task', 'id', 'output'] };
  for (const side of ['orchestrator', 'worker'] as const) {
    own?.[side].forEach((glob, index) => {
      checkPath(stack, glob, known[side], ['own', side, index]);
      if (glob.includes('{output}')) checkOutputs(stack, outputs, ['own', side, index]);
    });
  }
  ways?.forEach((way, index) => {
    way.stages.forEach((stage, at) => {
      const uses = stage.do === 'land' && stage.paths.some((path) => path.includes('{output}'));
      if (uses) checkOutputs(stack, outputs, ['ways', index, 'stages', at, 'paths']);
    });
  });
  const list = outputs ?? [];
  list.forEach((template, index) => {
    checkPath(
      stack,
      template,
      TASK_PLACEHOLDERS,
      stack.isWritten(['outputs', index]) ? ['outputs', index] : ['outputs'],
    );
  });
}

function checkOutputs(stack: Stack, outputs: readonly string[] | undefined, path: Path): void {
  if (outputs?.length !== 0) return;
  const text = '{output} is used, and "outputs" names no file; expected e.g. "outputs: outputs/{id}.md"';
  stack.add(path, 'contradiction', text);
}

function checkPath(stack: Stack, template: string, known: readonly string[], path: Path): void {
  if (!checkPlaceholders(stack, template, known, path)) return;
  const problem = pathProblem(withoutDot(fillTemplate(template, Object.fromEntries(known.map((name) => [name, 'x'])))));
  if (problem !== null) stack.add(path, 'bad-path', `${stack.spell(path)} ${show(template)} ${problem}`);
}

/** T12, T6: arguments are whole templates, so that a value is never spliced into a shell line. */
function checkCommands(stack: Stack, { issue, pr }: Sections): void {
  issue?.run.forEach((part, index) => {
    checkPlaceholders(stack, part, ['issue'], ['issue', 'run', index]);
  });
  pr?.run.forEach((part, index) => {
    checkPlaceholders(stack, part, ['id', 'task', 'title', 'branch', 'commit', 'base'], ['pr', 'run', index]);
  });
}

export function checkPlaceholders(stack: Stack, template: string, known: readonly string[], path: Path): boolean {
  const unknown = unknownPlaceholders(template, known, null);
  for (const { text } of unknown) stack.add(path, 'unknown-placeholder', text);
  return unknown.length === 0;
}
