import type { Effect } from '../core/effect.ts';
import type { TaskId } from '../core/fact.ts';
import type { JournalEntry } from '../core/rows.ts';
import type { Task } from '../core/task.ts';
import { taskSummary } from './summary.ts';
import type { TaskRecord } from './tables.ts';

/** Task -> row. What has a column is left out of the JSON, so that there is one place to read it from. */
export function taskRecord(task: Task): TaskRecord {
  const { id, status, openDeps, fence, stage, depth, isLast, fact, ...rest } = task;
  const { order, priority, ...said } = fact;
  return {
    id,
    status,
    ord: order,
    priority,
    open_deps: openDeps,
    fence,
    stage,
    depth,
    is_last: isLast ? 1 : 0,
    summary: JSON.stringify(taskSummary(task)),
    json: JSON.stringify({ ...rest, fact: said }),
  };
}

/** Row -> task. */
export function taskOf(record: Omit<TaskRecord, 'summary'>): Task {
  const rest = parseJson<Omit<Task, 'fact'> & { fact: object }>(record.json);
  return {
    ...rest,
    id: record.id,
    status: record.status,
    openDeps: record.open_deps,
    fence: record.fence,
    stage: record.stage,
    depth: record.depth,
    isLast: record.is_last === 1,
    fact: { ...rest.fact, order: record.ord, priority: record.priority } as Task['fact'],
  };
}

/** What we wrote ourselves, under this schema version, has the shape we wrote. */
export function parseJson<T>(json: string): T {
  return JSON.parse(json) as T;
}

export function effectTask(effect: Effect): TaskId | null {
  return 'task' in effect ? effect.task : null;
}

/**
 * The tasks a journal entry is about: those its notes name, the one a person spoke of, and the one whose outstanding
 * effect it reports. A ledger that was observed is about every task and therefore about none.
 */
export function entryTasks(entry: JournalEntry, effectTaskId: TaskId | null): ReadonlySet<TaskId> {
  const tasks = new Set<TaskId>();
  for (const note of entry.notes) if (note.task !== null) tasks.add(note.task);
  if (entry.event.type === 'operator' && 'task' in entry.event.command) tasks.add(entry.event.command.task);
  if (effectTaskId !== null) tasks.add(effectTaskId);
  return tasks;
}

/** Key of the effect an entry reports; null: it reports none. */
export function entryEffectKey({ event }: JournalEntry): string | null {
  return 'key' in event ? event.key : null;
}

/** The order in which `load` gives tasks: the document's. Compared here, since databases do not agree on text order. */
export function byDocument(a: Task, b: Task): number {
  return a.fact.order - b.fact.order || (a.id < b.id ? -1 : 1);
}
