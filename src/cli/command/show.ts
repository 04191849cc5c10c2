import { existsSync } from 'node:fs';
import { explain } from '../../core/explain.ts';
import type { JournalEntry } from '../../core/rows.ts';
import type { State } from '../../core/state.ts';
import type { Task } from '../../core/task.ts';
import { taskView, usedTokens } from '../../core/view.ts';
import { attemptFolder } from '../../engine/project-files.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import { escapeBlock, escapeLine } from '../render/escape.ts';
import { reasonText } from '../render/reason.ts';
import { statusWord } from '../render/status.ts';
import { clockTime, tokens } from '../render/unit.ts';
import { padEnd } from '../render/width.ts';
import { unknownTask } from '../unknown-task.ts';
import { withLook } from '../with-look.ts';

const HISTORY = 1000;

/** Everything known about one task: what the document says, what the engine knows, why it waits, what happened. */
export function run(call: Call): Promise<number> {
  const [id = ''] = call.args;
  const act = `show ${id}`;
  return withLook(call, act, async ({ project, store, state }) => {
    const { terminal, options } = call;
    const task = state.tasks.get(id);
    if (task === undefined) throw unknownTask(act, id, [...state.tasks.keys()]);
    const reasons = explain(state, id)?.reasons ?? [];
    const journal = await store.journal({ task: id, limit: HISTORY });
    const newest = attemptFolder(project.root, id, task.fence);
    const folder = existsSync(newest) ? newest : null;
    if (options.json) {
      const shown = { ...taskView(state, task), fields: task.fact.fields };
      terminal.json({ version: 1, task: shown, reasons, folder, history: history(journal, id) });
      return EXIT.ok;
    }
    terminal.line(
      `${terminal.style('bold', escapeLine(id))}  ${statusWord(terminal, task.status)}  ${escapeLine(task.fact.title)}`,
    );
    for (const [name, value] of details(state, task, folder))
      terminal.line(`  ${padEnd(name, 11)} ${escapeLine(value)}`);
    for (const reason of reasons) terminal.line(`  ${padEnd('why', 11)} ${escapeLine(reasonText(reason))}`);
    if (task.failure !== null) {
      terminal.lines(['', `${escapeLine(task.failure.text)}`]);
      if (task.failure.evidence !== '') terminal.line(indent(escapeBlock(task.failure.evidence)));
    }
    const events = history(journal, id);
    if (events.length > 0)
      terminal.lines(['', ...events.map(({ at, text }) => `${clockTime(at)}  ${escapeLine(text)}`)]);
    return EXIT.ok;
  });
}

function details(state: State, task: Task, folder: string | null): [string, string][] {
  const { stage, dependsOn, phase, repo, branch, agent, estimate, usage, commit, ledgerStatus } = taskView(state, task);
  const rows: [string, string | null][] = [
    ['document', `${ledgerStatus} (${state.playbook.ledger.files.file ?? ''})`],
    ['phase', phase],
    ['depends on', dependsOn.join(', ') || null],
    ['repo', repo],
    ['branch', branch],
    ['stage', stage],
    ['attempts', task.attempts > 0 ? `${task.attempts}, the last by ${agent ?? 'nobody'}` : null],
    [
      'tokens',
      task.attempts > 0 || estimate !== null
        ? `${tokens(usedTokens(usage))} of ${estimate === null ? 'no estimate' : tokens(estimate)}`
        : null,
    ],
    ['commit', commit],
    ['files', folder],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

function history(journal: readonly JournalEntry[], id: string): { at: number; code: string; text: string }[] {
  return journal.flatMap(({ at, notes }) =>
    notes.filter(({ task }) => task === id).map(({ code, text }) => ({ at, code, text })),
  );
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');
}
