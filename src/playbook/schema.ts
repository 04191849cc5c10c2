import { z } from 'zod';
import {
  agentFull,
  agentShape,
  gate,
  gitShape,
  limitsShape,
  program,
  prompt,
  promptSource,
  repo,
  report,
  shellLine,
} from './schema-crew.ts';
import { ledgerFull, ledgerSource, vars } from './schema-ledger.ts';
import {
  activePhase,
  admissionShape,
  boundsShape,
  checkpoint,
  checkStep,
  escalationShape,
  limit,
  merge,
  ownShape,
  phases,
  retryShape,
  sessionShape,
  stepsShape,
  workspaceShape,
} from './schema-run.ts';
import { list, map, name, named, text } from './schema-scalar.ts';
import { stageOverride, ways } from './schema-way.ts';

/** `outputs: a` or `outputs: [a, b]`. */
const outputs = z.union([text, list(text)]).transform((value) => (typeof value === 'string' ? [value] : value));

/** The full form, after all layers were merged: every key is there. `lower.ts` makes the core's `Playbook` of it. */
export const fullShape = {
  name,
  ledger: ledgerFull,
  admission: map(admissionShape),
  workspace: map(workspaceShape),
  ways,
  stages: named(stageOverride),
  retry: map(retryShape),
  steps: map(stepsShape),
  checkpoint,
  escalation: map(escalationShape),
  own: map(ownShape),
  session: map(sessionShape),
  agents: named(agentFull),
  gates: list(gate),
  merge: map({ gates: list(name).optional() }).optional(),
  reports: named(report),
  prompts: z.record(text, prompt),
  git: map(gitShape),
  repos: named(repo),
  vars,
  outputs,
  limits: map(limitsShape),
  issue: program,
  pr: program,
  notify: shellLine,
} as const;

export type FullShape = typeof fullShape;
export type Full = { -readonly [K in keyof FullShape]: z.output<FullShape[K]> };

/**
 * What people write in `coxswain.yaml` and in playbook files: any part of the full form, and short keys for the parts
 * that are changed most (I1). Only used to check; values are read from the merged layers through `fullShape`.
 */
export const sourceSchema = map({
  playbook: text.describe('A built-in playbook, or the path of a YAML file in the project'),
  name: name.describe('Shown to people; by default the name of the file or folder'),
  ledger: ledgerSource.describe('Where the tasks are'),
  limit: limit.describe('Agents at once'),
  agents: named(map(agentShape).partial()).describe('Coding tools by name; stages use `default` unless they name one'),
  gates: list(gate).describe('Commands that must pass'),
  git: map(gitShape).partial(),
  repos: named(repo).describe('Names in the repo column -> folders or other repositories'),
  retry: map({ ...retryShape, bounds: map(boundsShape).partial() }).partial(),
  vars: vars.describe('Free values for prompts: {vars.NAME}'),
  deps: workspaceShape.deps.describe('Merge the verified commits of dependencies into a new branch first, or not'),
  issue: program.describe('Prints the body of an issue; {issue} is replaced in the arguments'),
  pr: program.describe('Run after the push of a branch'),
  notify: shellLine.describe('Gets the reason on stdin when a person is needed'),
  checkpoint: checkpoint.describe('after-each, after-batch:N or at-end'),
  stages: named(stageOverride).describe('Changes to agent stages, by stage name'),
  preflight: list(checkStep).describe('Commands that must pass before anything is started'),
  limits: map(limitsShape).partial(),
  merge: merge.describe('The merge queue'),
  outputs: outputs.describe('Files a task must write, e.g. outputs/{id}.md'),
  owned: ownShape.orchestrator.describe('Globs of files only the orchestrator writes'),
  phase: activePhase.describe('Where the active phase is named'),
  admission: map({ ...admissionShape, phases: phases.partial() }).partial(),
  workspace: map(workspaceShape).partial(),
  ways,
  steps: map(stepsShape).partial(),
  escalation: map(escalationShape).partial(),
  own: map(ownShape).partial(),
  session: map(sessionShape).partial(),
  reports: named(report),
  prompts: named(promptSource).describe('Templates by name: a file beside this one, or {text: ...}'),
}).partial();

/** JSON Schema (draft 2020-12) of what people write, for editors (I1). */
export function playbookJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(sourceSchema, { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: 'coxswain.yaml' };
}
