import type { Effect } from '../core/effect.ts';
import type { TaskId } from '../core/fact.ts';
import type { Changes, GroupRow, InboxItem, JournalEntry, RunRow } from '../core/rows.ts';
import { groupKey } from '../core/state.ts';
import type { Task } from '../core/task.ts';
import { effectTask, entryEffectKey, entryTasks, taskRecord } from './rows.ts';
import { secondWriter } from './store-error.ts';
import type { Writing } from './tables.ts';

/** The body of the one transaction of a commit. What was removed and is put again is there afterwards. */
export async function writeCommit(writing: Writing, changes: Changes, entry: JournalEntry): Promise<void> {
  await appendEntry(writing, entry);
  if (changes.run !== null) await putRun(writing, changes.run);
  for (const ids of chunks(changes.removedTasks)) await writing.deleteFrom('tasks').where('id', 'in', ids).execute();
  for (const tasks of chunks(changes.tasks)) await putTasks(writing, tasks);
  for (const keys of chunks(changes.removedGroups)) {
    await writing.deleteFrom('groups').where('key', 'in', keys).execute();
  }
  for (const groups of chunks(changes.groups)) await putGroups(writing, groups);
  for (const items of chunks(changes.inbox)) await putInbox(writing, items);
  for (const keys of chunks(changes.endedEffects))
    await writing.deleteFrom('effects').where('key', 'in', keys).execute();
  for (const effects of chunks(changes.effects)) await putEffects(writing, effects);
}

async function appendEntry(writing: Writing, entry: JournalEntry): Promise<void> {
  const { last } = await writing
    .selectFrom('journal')
    .select(({ fn }) => fn.max('seq').as('last'))
    .executeTakeFirstOrThrow();
  if (entry.seq !== (last ?? 0) + 1) throw secondWriter(entry.seq, last ?? 0);
  await writing
    .insertInto('journal')
    .values({ seq: entry.seq, at: entry.at, type: entry.event.type, json: JSON.stringify(entry) })
    .execute();
  const tasks = entryTasks(entry, await outstandingTask(writing, entryEffectKey(entry)));
  for (const ids of chunks([...tasks])) {
    await writing
      .insertInto('journal_tasks')
      .values(ids.map((task) => ({ task, seq: entry.seq })))
      .execute();
  }
}

async function outstandingTask(writing: Writing, key: string | null): Promise<TaskId | null> {
  if (key === null) return null;
  const effect = await writing.selectFrom('effects').select('task').where('key', '=', key).executeTakeFirst();
  return effect?.task ?? null;
}

async function putRun(writing: Writing, run: RunRow): Promise<void> {
  await writing
    .insertInto('run')
    .values({ id: 1, json: JSON.stringify(run) })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(({ ref }) => ({ json: ref('excluded.json') })))
    .execute();
}

async function putTasks(writing: Writing, tasks: readonly Task[]): Promise<void> {
  await writing
    .insertInto('tasks')
    .values(tasks.map(taskRecord))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ ref }) => ({
        status: ref('excluded.status'),
        ord: ref('excluded.ord'),
        priority: ref('excluded.priority'),
        open_deps: ref('excluded.open_deps'),
        fence: ref('excluded.fence'),
        stage: ref('excluded.stage'),
        depth: ref('excluded.depth'),
        is_last: ref('excluded.is_last'),
        summary: ref('excluded.summary'),
        json: ref('excluded.json'),
      })),
    )
    .execute();
}

async function putGroups(writing: Writing, groups: readonly GroupRow[]): Promise<void> {
  await writing
    .insertInto('groups')
    .values(groups.map((group) => ({ key: groupKey(group.kind, group.name), json: JSON.stringify(group) })))
    .onConflict((conflict) => conflict.column('key').doUpdateSet(({ ref }) => ({ json: ref('excluded.json') })))
    .execute();
}

async function putInbox(writing: Writing, items: readonly InboxItem[]): Promise<void> {
  await writing
    .insertInto('inbox')
    .values(items.map((item) => ({ id: item.id, json: JSON.stringify(item) })))
    .onConflict((conflict) => conflict.column('id').doUpdateSet(({ ref }) => ({ json: ref('excluded.json') })))
    .execute();
}

async function putEffects(writing: Writing, effects: readonly Effect[]): Promise<void> {
  await writing
    .insertInto('effects')
    .values(effects.map((effect) => ({ key: effect.key, task: effectTask(effect), json: JSON.stringify(effect) })))
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet(({ ref }) => ({ task: ref('excluded.task'), json: ref('excluded.json') })),
    )
    .execute();
}

/** A statement takes a bounded number of values. */
function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) yield rows.slice(at, at + ROWS_AT_ONCE);
}

const ROWS_AT_ONCE = 500;
