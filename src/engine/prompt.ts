import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../core/failure.ts';
import type { GateSpec, ReportSpec } from '../core/playbook.ts';
import { InvariantError } from '../core/state.ts';
import { type PlaceholderValues, placeholders, renderPrompt } from '../playbook/template.ts';
import type { AttemptContext } from './attempt-context.ts';
import { outputOf } from './attempt-end.ts';
import type { Bench } from './bench.ts';
import { issueBody } from './issue.ts';

/**
 * What an agent is told (T4): the playbook's template, filled from the row. What went wrong before, the handoff note and
 * the issue's text are there whether or not the template names a place for them.
 *
 * After a restart the prompt that was written is used again: one attempt has one prompt.
 */
export async function attemptPrompt(bench: Bench, context: AttemptContext): Promise<string> {
  const written = path.join(context.folder, 'prompt.md');
  if (existsSync(written)) return readFileSync(written, 'utf8');
  const { playbook } = bench.parts;
  const template = playbook.prompts[context.stage.prompt]?.text;
  if (template === undefined) throw new InvariantError(`the playbook has no prompt ${context.stage.prompt}`);
  const values = await promptValues(bench, context);
  return bounded(renderPrompt(template, values) + missingSections(template, values), playbook.limits.promptBytes);
}

async function promptValues(bench: Bench, context: AttemptContext): Promise<PlaceholderValues> {
  const { playbook, ledger } = bench.parts;
  const { effect, fact, stage, place, folder } = context;
  const report = stage.report === null ? undefined : playbook.reports[stage.report];
  return {
    id: fact.id,
    task: fact.id,
    title: fact.title,
    description: fact.title,
    kind: fact.kind,
    group: fact.group,
    phase: fact.phase,
    parent: fact.parent,
    depends_on: fact.dependsOn.join(', '),
    repo: fact.repo,
    branch: place?.branch,
    base: place?.base ?? playbook.git.base,
    remote: playbook.git.remote,
    worktree: place?.root,
    role: stage.role,
    stage: stage.name,
    attempt: String(effect.fence),
    issue: fact.fields.issue,
    issue_body: await issueBody(bench.parts, fact.fields.issue ?? ''),
    output: outputOf(fact),
    owned: ledger.files.join(', '),
    gates: gatesText(playbook.gates),
    result_file: path.join(folder, 'result.json'),
    report_format: report === undefined ? '' : reportFormat(report),
    evidence: section('What went wrong before', evidenceText(effect.evidence)),
    handoff: section('Where the last session stopped', effect.handoff ?? ''),
    ...prefixed('vars', playbook.vars),
    ...prefixed('fields', fact.fields),
  };
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): PlaceholderValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function missingSections(template: string, values: PlaceholderValues): string {
  const named = new Set(placeholders(template).map(({ name }) => name));
  const missing = ['issue_body', 'handoff', 'evidence'].filter((name) => !named.has(name) && values[name]);
  return missing.map((name) => `\n${values[name]}\n`).join('');
}

function section(heading: string, text: string): string {
  return text === '' ? '' : `## ${heading}\n\n${text}`;
}

function gatesText(gates: readonly GateSpec[]): string {
  return gates.length === 0 ? '' : ['```bash', ...gates.map(({ run }) => run), '```'].join('\n');
}

function evidenceText(failures: readonly Failure[]): string {
  return failures
    .map(({ text, evidence }) => (evidence === '' ? `- ${text}` : `- ${text}\n\n${indented(evidence)}`))
    .join('\n');
}

/** Indented, not fenced: what a gate printed may hold fences of its own. */
function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `      ${line}`))
    .join('\n');
}

function reportFormat({ fields }: ReportSpec): string {
  const example = Object.entries(fields).map(([name, field]) => {
    const words = Object.keys(field.map).length > 0 ? Object.keys(field.map) : field.values;
    return [name, words.length > 0 ? words.join('|') : field.type];
  });
  return JSON.stringify(Object.fromEntries(example), null, 2);
}

function bounded(prompt: string, bytes: number): string {
  const whole = Buffer.from(prompt);
  if (whole.length <= bytes) return prompt;
  const note = `\n[${whole.length - bytes} bytes left out: limits.prompt is ${bytes} bytes]\n`;
  return new TextDecoder().decode(whole.subarray(0, bytes)).replace(/\uFFFD$/u, '') + note;
}
