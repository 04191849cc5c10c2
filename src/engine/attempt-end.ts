import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { type ReportReading, readReport } from '../agent/report.ts';
import type { AttemptEnd } from '../core/event.ts';
import type { TaskFact } from '../core/fact.ts';
import { fillTemplate } from '../playbook/template.ts';
import type { AgentEnd } from '../port/agent.ts';
import { tailText } from '../process/output.ts';
import type { AttemptContext } from './attempt-context.ts';
import type { EngineParts } from './parts.ts';
import { markedAt } from './place-file.ts';

/** Gathers the facts of an ended attempt (E8): how it ended, what it says, what git says, what it wrote and touched. */
export async function attemptEnd(
  parts: EngineParts,
  context: AttemptContext & { readonly ended: AgentEnd },
): Promise<AttemptEnd> {
  const { effect, place, ended } = context;
  const reading = reportOf(parts, context);
  const report = reading?.ok ? reading.report : null;
  const { task, fence } = effect;
  const seen = place === null ? null : await parts.workspaces.inspect({ task, fence, claimed: report?.commit ?? null });
  for (const text of seen?.warnings ?? []) parts.listen({ type: 'problem', text });
  const { ending, exitCode, session, resetAt, handoff, tokens, costUsd } = ended;
  return {
    ending,
    exitCode,
    text: ended.text,
    evidence: evidenceOf(ended, parts.playbook.limits.evidenceBytes),
    report,
    reportProblem: reading === null || reading.ok ? null : reading.problem,
    work: seen?.work ?? null,
    ...outputsOf(parts, context),
    violations: seen?.violations ?? [],
    session,
    resetAt,
    handoff,
    tokens,
    costUsd,
  };
}

/** The end of an attempt that did nothing at all. */
export function neverStarted(ending: 'refused' | 'stopped', text: string): AttemptEnd {
  return {
    ending,
    exitCode: null,
    text,
    evidence: '',
    report: null,
    reportProblem: null,
    work: null,
    outputs: [],
    missingOutputs: [],
    violations: [],
    session: null,
    resetAt: null,
    handoff: null,
    tokens: 0,
    costUsd: 0,
  };
}

type Ended = AttemptContext & { readonly ended: AgentEnd };

function reportOf({ root, playbook }: EngineParts, { fact, stage, place, ended }: Ended): ReportReading | null {
  const spec = stage.report === null ? undefined : playbook.reports[stage.report];
  if (spec === undefined) return null;
  const { outputFile, resultFile } = ended;
  const folder = place?.path ?? root;
  const reportFile =
    spec.path === null ? null : path.join(folder, fillTemplate(spec.path, { id: fact.id, task: fact.id }));
  return readReport({ spec, outputFile, resultFile, reportFile });
}

function outputsOf(
  parts: EngineParts,
  { fact, stage, place, folder }: Ended,
): Pick<AttemptEnd, 'outputs' | 'missingOutputs'> {
  if (!stage.expects.includes('output')) return { outputs: [], missingOutputs: [] };
  const output = outputOf(fact);
  if (output === null)
    return { outputs: [], missingOutputs: [`the output of ${fact.id}, which its ledger does not name`] };
  const file = path.join(place?.path ?? parts.root, output);
  // One that was there before does not count (E8).
  const isNew = existsSync(file) && statSync(file).mtimeMs >= markedAt(folder);
  return isNew ? { outputs: [output], missingOutputs: [] } : { outputs: [], missingOutputs: [output] };
}

/** The file a task is to write, as its ledger names it; null: none. */
export function outputOf(fact: TaskFact): string | null {
  return fact.fields.output ?? null;
}

/** What it said last, and how it complained: enough for a retry to know what went wrong. */
function evidenceOf(ended: AgentEnd, bytes: number): string {
  const half = Math.floor(bytes / 2);
  const output = tailText(ended.outputFile, half).trimEnd();
  const errors = tailText(path.join(path.dirname(ended.outputFile), 'stderr.log'), half).trimEnd();
  const left =
    ended.leftBehind.length === 0 ? '' : `It left ${ended.leftBehind.length} processes behind, which were ended.`;
  return [output, errors, left].filter((text) => text !== '').join('\n');
}
