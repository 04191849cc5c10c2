import { explain } from '../../core/explain.ts';
import type { Task } from '../../core/task.ts';
import { type RunView, usedTokens, view } from '../../core/view.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import type { Look } from '../read-model.ts';
import { escapeBlock, escapeLine } from '../render/escape.ts';
import { inboxLines } from '../render/inbox.ts';
import { progressText } from '../render/progress.ts';
import { statusWord } from '../render/status.ts';
import { table } from '../render/table.ts';
import { clockTime, plural, tokens } from '../render/unit.ts';
import type { Terminal } from '../terminal.ts';
import { withLook } from '../with-look.ts';

/** With more tasks than this, those that are over are counted and not listed. */
const LISTED = 60;
const REASONED = 10;

/** I4: what runs, what waits and why, what asks for a person, progress against the estimate. */
export function run(call: Call): Promise<number> {
  return withLook(call, 'show the status', (look) => {
    const { terminal, options } = call;
    const seen = view(look.state);
    if (options.json) {
      const run = { ...seen.run, holder: look.holder, hasDied: look.hasDied };
      terminal.json({ version: 1, ...seen, run, problems: look.problems });
      return EXIT.ok;
    }
    terminal.line(runLine(look, seen));
    terminal.line(progressText(seen.progress));
    if (seen.tasks.length > 0) terminal.lines(['', ...tasksLines(terminal, seen)]);
    const held = heldLines(look);
    if (held.length > 0) terminal.lines(['', ...held]);
    for (const item of seen.inbox) terminal.lines(['', escapeBlock(inboxLines(item).join('\n'))]);
    return EXIT.ok;
  });
}

function runLine({ holder, hasDied }: Look, { run }: RunView): string {
  const since = run.startedAt === null ? '' : ` since ${clockTime(run.startedAt)}`;
  if (holder !== null)
    return `A run is ${run.status}${since} (process ${holder.pid}), at most ${plural(run.limit, 'agent')} at once.`;
  if (hasDied) return `The last run was cut short. \`cox run\` goes on where it was.`;
  if (run.outcome === null) return 'No run yet. `cox run` starts one.';
  const why = run.halt ?? run.brokenLedger;
  return `No run is on. The last one ended: ${run.outcome}${why === null ? '' : `, ${escapeLine(why)}`}.`;
}

function tasksLines(terminal: Terminal, { tasks }: RunView): string[] {
  const isShort = tasks.length <= LISTED;
  const shown = isShort
    ? tasks
    : tasks.filter(({ status }) => status !== 'done' && status !== 'cancelled').slice(0, LISTED);
  const columns = [
    { title: 'ID' },
    { title: 'STATUS', style: (word: string) => statusWord(terminal, word) },
    { title: 'TRIES' },
    { title: 'TOKENS' },
    { title: 'TITLE', isFlexible: true },
  ];
  const rows = shown.map(({ id, status, attempts, usage, title, estimate }) => [
    escapeLine(id),
    status,
    attempts === 0 ? '' : String(attempts),
    tokenCell(usedTokens(usage), estimate),
    escapeLine(title),
  ]);
  const hidden = tasks.length - shown.length;
  const note = hidden === 0 ? [] : [`... and ${hidden} more; \`cox list\` has them all.`];
  return [...table(columns, rows, terminal.width), ...note];
}

function tokenCell(used: number, estimate: number | null): string {
  if (used === 0) return estimate === null ? '' : `of ${tokens(estimate)}`;
  return estimate === null ? tokens(used) : `${tokens(used)} of ${tokens(estimate)}`;
}

/** The first reasons why something rests, apart from there being no run. */
function heldLines({ state }: Look): string[] {
  const held = [...state.tasks.values()].filter(
    ({ status }) => status === 'waiting' || status === 'blocked' || status === 'failed',
  );
  const lines = held
    .sort(byOrder)
    .slice(0, REASONED)
    .flatMap(({ id }) => {
      const reasons =
        explain(state, id)?.reasons.filter(({ code }) => code !== 'not-running' && code !== 'limit') ?? [];
      return reasons.slice(0, 1).map(({ text }) => `  ${escapeLine(`${id}: ${text.replace(`${id} `, '')}`)}`);
    });
  if (lines.length === 0) return [];
  const rest = held.length - Math.min(held.length, REASONED);
  return ['Held up:', ...lines, ...(rest > 0 ? [`  ... and ${rest} more; \`cox blocked\` has them all.`] : [])];
}

function byOrder(a: Task, b: Task): number {
  return a.fact.order - b.fact.order;
}
