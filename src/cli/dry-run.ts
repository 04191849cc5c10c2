import type { Effect } from '../core/effect.ts';
import { explain, type Reason } from '../core/explain.ts';
import type { JournalNote } from '../core/rows.ts';
import type { State } from '../core/state.ts';
import { type StepResult, step } from '../core/step.ts';
import type { Project } from './assemble.ts';
import type { Call } from './call.ts';
import { checkRun } from './check-run.ts';
import { EXIT } from './cli-error.ts';
import { escapeLine } from './render/escape.ts';
import { reasonText } from './render/reason.ts';
import { plural } from './render/unit.ts';
import { observeWithoutWriting } from './without-writing.ts';

const WAITS = 30;

/** What the first round of a run would start, and why the rest would wait. Decided by the core itself, and thrown away. */
export async function dryRun({ terminal, options }: Call, project: Project): Promise<number> {
  const { state } = await observeWithoutWriting(project, 'say what a run would do');
  await checkRun(project);
  const starts = firstRound(state, options.task ?? null, options.limit ?? null);
  const started = new Set(starts.map(({ task }) => task));
  const tasks = [...state.tasks.values()].sort((a, b) => a.fact.order - b.fact.order);
  const waits = tasks
    .filter(({ id, status }) => !started.has(id) && status !== 'done' && status !== 'cancelled')
    .map(({ id, status }) => ({ id, status }));
  const reasonsOf = (id: string): readonly Reason[] =>
    (explain(state, id)?.reasons ?? []).map((reason) => asPlan(id, reason, started));
  if (options.json) {
    const shown = starts.map(({ task, text }) => ({ id: task, title: titleOf(state, task), text }));
    terminal.json({
      version: 1,
      starts: shown,
      waits: waits.map((task) => ({ ...task, reasons: reasonsOf(task.id) })),
    });
    return EXIT.ok;
  }
  const preflight = project.playbook.steps.preflight.map(({ run }) => run);
  if (preflight.length > 0) terminal.line(escapeLine(`First these must pass: ${preflight.join('; ')}`));
  terminal.line(starts.length === 0 ? 'Nothing would start.' : `${plural(starts.length, 'task')} would start:`);
  for (const { task, text } of starts)
    terminal.line(`  ${escapeLine(`${task ?? ''}  ${titleOf(state, task)} (${text})`)}`);
  if (waits.length > 0) terminal.line(`${plural(waits.length, 'task')} would not:`);
  for (const { id } of waits.slice(0, WAITS)) terminal.line(`  ${escapeLine(`${id}  ${sentence(reasonsOf(id))}`)}`);
  if (waits.length > WAITS) terminal.line(`  ... and ${waits.length - WAITS} more`);
  return EXIT.ok;
}

/** Runs the core without a shell: the preflight counts as passed, and every other effect is left alone. */
function firstRound(state: State, only: readonly string[] | null, limit: number | null): readonly JournalNote[] {
  const at = Date.now();
  const notes: JournalNote[] = [];
  const checks: Effect[] = [];
  const take = ({ entry, effects }: StepResult): void => {
    notes.push(...(entry?.notes ?? []).filter(({ code }) => code === 'dispatched'));
    checks.push(...effects.filter((effect) => effect.kind === 'step' && effect.scope === 'preflight'));
  };
  take(step(state, { type: 'run-started', at, only, limit }));
  for (let check = checks.shift(); check !== undefined; check = checks.shift()) {
    const result = { kind: 'step', failure: null, text: '' } as const;
    take(step(state, { type: 'effect-ended', at, key: check.key, result }));
  }
  return notes;
}

/** The state is that after the first round, which did not happen: what it says is running would only be started. */
function asPlan(id: string, reason: Reason, started: ReadonlySet<string | null>): Reason {
  const { code, on, text } = reason;
  if (code === 'dependency' && started.has(on)) return { ...reason, text: `${id} depends on ${on}, which would start` };
  if (code === 'limit') return { ...reason, text: 'every place would be taken' };
  return code === 'resource' ? { ...reason, text: text.replace(' is in use by ', ' would be in use by ') } : reason;
}

function titleOf(state: State, task: string | null): string {
  return task === null ? '' : (state.tasks.get(task)?.fact.title ?? '');
}

function sentence(reasons: readonly Reason[]): string {
  return reasons.map(reasonText).join('; ') || 'it would be next';
}
