import type { StatementSync } from 'node:sqlite';
import type { Effect } from '../core/effect.ts';
import type { OperatorCommand } from '../core/event.ts';
import type { Changes, GroupRow, InboxItem, JournalEntry, RunRow, Snapshot } from '../core/rows.ts';
import type { PendingCommand, SettledCommand, Store } from '../port/store.ts';
import { writeCommit } from './commit.ts';
import { type Connection, connect } from './connection.ts';
import { byDocument, parseJson, taskOf } from './rows.ts';
import { explainStoreError } from './store-error.ts';
import type { Database, Writing } from './tables.ts';

/**
 * The state in an SQLite file (E2, E14, DESIGN trap 13): one writer, any number of readers and senders of commands.
 *
 * @param file Absolute path; its folder exists. Must be on a local file system.
 * @throws {StoreError} for a file that cannot be used; it is left as it is.
 * @example const store = await openSqliteStore('/project/.coxswain/state.db');
 */
export async function openSqliteStore(file: string): Promise<Store> {
  try {
    return new SqliteStore(file, await connect(file));
  } catch (error) {
    throw explainStoreError(error, file);
  }
}

class SqliteStore implements Store {
  readonly #file: string;
  readonly #connection: Connection;
  readonly #dataVersion: StatementSync;

  constructor(file: string, connection: Connection) {
    this.#file = file;
    this.#connection = connection;
    this.#dataVersion = connection.raw.prepare('pragma data_version');
  }

  load(): Promise<Snapshot> {
    return this.#explained((db) => db.transaction().setAccessMode('read only').execute(readSnapshot));
  }

  commit(changes: Changes, entry: JournalEntry, settled?: SettledCommand): Promise<void> {
    return this.#explained((db) =>
      db.transaction().execute(async (writing) => {
        await writeCommit(writing, changes, entry);
        if (settled) await settle(writing, settled);
      }),
    );
  }

  journal({ after = 0, task, limit }: Parameters<Store['journal']>[0]): Promise<JournalEntry[]> {
    return this.#explained(async (db) => {
      const entries = await db
        .selectFrom('journal')
        .select('journal.json')
        .where('journal.seq', '>', after)
        .$if(task !== undefined, (query) =>
          query
            .innerJoin('journal_tasks', 'journal_tasks.seq', 'journal.seq')
            .where('journal_tasks.task', '=', task ?? ''),
        )
        .orderBy('journal.seq')
        .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
        .execute();
      return entries.map(({ json }) => parseJson<JournalEntry>(json));
    });
  }

  send(command: OperatorCommand, at: number): Promise<number> {
    return this.#explained(async (db) => {
      const sent = db.insertInto('commands').values({ at, json: JSON.stringify(command) });
      const { number } = await sent.returning('number').executeTakeFirstOrThrow();
      return number;
    });
  }

  pendingCommands(): Promise<readonly PendingCommand[]> {
    return this.#explained(async (db) => {
      const pending = db.selectFrom('commands').select(['number', 'at', 'json']).where('settled', '=', 0);
      const rows = await pending.orderBy('number').execute();
      return rows.map(({ number, at, json }) => ({ number, at, command: parseJson<OperatorCommand>(json) }));
    });
  }

  settleCommand(number: number, refusal: string | null): Promise<void> {
    return this.#explained((db) => settle(db, { number, refusal }));
  }

  commandOutcome(number: number): Promise<{ readonly refusal: string | null } | undefined> {
    return this.#explained((db) =>
      db
        .selectFrom('commands')
        .select('refusal')
        .where('number', '=', number)
        .where('settled', '=', 1)
        .executeTakeFirst(),
    );
  }

  dataVersion(): number {
    try {
      return Number(this.#dataVersion.get()?.data_version);
    } catch (error) {
      throw explainStoreError(error, this.#file);
    }
  }

  getMeta(name: string): Promise<string | null> {
    return this.#explained(async (db) => {
      const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
      return row?.value ?? null;
    });
  }

  setMeta(name: string, value: string): Promise<void> {
    return this.#explained(async (db) => {
      await db
        .insertInto('meta')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute();
    });
  }

  async close(): Promise<void> {
    const { kysely, raw } = this.#connection;
    await kysely.destroy();
    // Kysely closes what it has used; a store that was opened and never asked is still open here.
    if (raw.isOpen) raw.close();
  }

  async #explained<T>(work: (db: Database) => Promise<T>): Promise<T> {
    try {
      return await work(this.#connection.kysely);
    } catch (error) {
      throw explainStoreError(error, this.#file);
    }
  }
}

async function readSnapshot(reading: Writing): Promise<Snapshot> {
  const run = await reading.selectFrom('run').select('json').executeTakeFirst();
  const tasks = await reading
    .selectFrom('tasks')
    .select(['id', 'status', 'ord', 'priority', 'open_deps', 'fence', 'stage', 'depth', 'is_last', 'json'])
    .execute();
  const groups = await reading.selectFrom('groups').select('json').orderBy('position').execute();
  const inbox = await reading.selectFrom('inbox').select('json').orderBy('position').execute();
  const effects = await reading.selectFrom('effects').select('json').orderBy('position').execute();
  return {
    run: run ? parseJson<RunRow>(run.json) : null,
    tasks: tasks.map(taskOf).sort(byDocument),
    groups: groups.map(({ json }) => parseJson<GroupRow>(json)),
    inbox: inbox.map(({ json }) => parseJson<InboxItem>(json)),
    effects: effects.map(({ json }) => parseJson<Effect>(json)),
  };
}

async function settle(db: Database, { number, refusal }: SettledCommand): Promise<void> {
  const unsettled = db.updateTable('commands').set({ settled: 1, refusal }).where('settled', '=', 0);
  await unsettled.where('number', '=', number).execute();
}
