import { explain, type Reason } from '../../core/explain.ts';
import { readyInOrder } from '../../core/ready.ts';
import type { State } from '../../core/state.ts';
import type { Task, TaskStatus } from '../../core/task.ts';
import { taskSummary } from '../../store/summary.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';
import { withLook } from '../with-look.ts';
import { escapeLine } from './escape.ts';
import { reasonText } from './reason.ts';
import { statusWord } from './status.ts';
import { table } from './table.ts';

export interface ListRequest {
  readonly statuses: readonly TaskStatus[];
  readonly withReasons?: boolean;
  /** Said when there is nothing to list. */
  readonly none: string;
}

/** `list`, `ready` and `blocked`: tasks of some statuses, `ready` in dispatch order, the others as in the document. */
export function listTasks(call: Call, { statuses, withReasons = false, none }: ListRequest): Promise<number> {
  return withLook(call, 'list the tasks', ({ state }) => {
    const { terminal, options } = call;
    const tasks = chosen(state, statuses);
    if (options.json) {
      const shape = (task: Task) =>
        withReasons ? { ...taskSummary(task), reasons: reasonsOf(state, task) } : taskSummary(task);
      terminal.json({ version: 1, tasks: tasks.map(shape) }, { compact: true });
    } else if (tasks.length === 0) terminal.line(none);
    else if (withReasons) for (const task of tasks) terminal.lines(withItsReasons(terminal, state, task));
    else terminal.lines(taskTable(terminal, tasks));
    return EXIT.ok;
  });
}

export function taskTable(terminal: Terminal, tasks: readonly Task[]): string[] {
  const hasPhases = tasks.some(({ fact }) => fact.phase !== null);
  const columns = [
    { title: 'ID' },
    { title: 'STATUS', style: (word: string) => statusWord(terminal, word) },
    ...(hasPhases ? [{ title: 'PHASE' }] : []),
    { title: 'TITLE', isFlexible: true },
  ];
  const rows = tasks.map(({ id, status, fact }) => [id, status, ...(hasPhases ? [fact.phase ?? ''] : []), fact.title]);
  return table(
    columns,
    rows.map((row) => row.map(escapeLine)),
    terminal.width,
  );
}

function chosen(state: State, statuses: readonly TaskStatus[]): readonly Task[] {
  if (statuses.length === 1 && statuses[0] === 'ready') {
    return readyInOrder(state).flatMap((id) => state.tasks.get(id) ?? []);
  }
  const tasks = [...state.tasks.values()].filter(({ status }) => statuses.includes(status));
  return tasks.sort((a, b) => a.fact.order - b.fact.order);
}

function reasonsOf(state: State, task: Task): readonly Reason[] {
  return explain(state, task.id)?.reasons ?? [];
}

function withItsReasons(terminal: Terminal, state: State, task: Task): string[] {
  const head = `${terminal.style('bold', escapeLine(task.id))}  ${statusWord(terminal, task.status)}  ${escapeLine(task.fact.title)}`;
  const reasons = reasonsOf(state, task).filter(({ code }) => code !== 'not-running');
  return [head, ...reasons.map((reason) => `  ${escapeLine(reasonText(reason))}`)];
}
