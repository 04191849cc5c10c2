import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { NodeSqliteDialect } from './dialect.ts';
import { checkSchema } from './header.ts';
import { MIGRATIONS } from './migrations.ts';
import { isBusy } from './store-error.ts';
import type { Database, Tables } from './tables.ts';
import { APPLICATION_ID } from './version.ts';

/** How long a process waits for another one's transaction. Ours take milliseconds; this is for a machine that swaps. */
const BUSY_MS = 20_000;

export interface Connection {
  /** For what has no query: pragmas. */
  readonly raw: DatabaseSync;
  readonly kysely: Database;
}

/**
 * Opens a state file, or makes it, and brings its schema up to date. Throws SQLite's own errors and `StoreError`; a file
 * that is refused is left as it is.
 */
export async function connect(file: string, migrations = MIGRATIONS): Promise<Connection> {
  // The timeout comes before anything that can meet another process, the pragmas included.
  const raw = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    const target = Object.keys(migrations).length;
    const version = checkSchema(raw, file, target);
    await switchToWal(raw);
    // What was committed survives a power cut: an effect may have touched the world right after.
    raw.exec('pragma synchronous = full');
    // A first look at 100,000 rows is one transaction: with SQLite's 2 MB its indexes would go to the disk again and again.
    raw.exec('pragma cache_size = -65536');
    const kysely = new Kysely<Tables>({ dialect: new NodeSqliteDialect(raw) });
    if (version < target) await migrate(kysely, migrations, target);
    return { raw, kysely };
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** SQLite does not wait here: two processes that make a new file at the same moment refuse each other, whatever the timeout. */
async function switchToWal(raw: DatabaseSync): Promise<void> {
  for (let waitedMs = 0; readPragma(raw, 'journal_mode') !== 'wal'; waitedMs += RETRY_MS) {
    try {
      raw.exec('pragma journal_mode = wal');
      // A database in memory has a mode of its own, and nobody to share it with.
      return;
    } catch (error) {
      if (waitedMs >= BUSY_MS || !isBusy(error)) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

const RETRY_MS = 10;

/** One transaction for all steps, under SQLite's write lock: of two processes that open a new file, one migrates it. */
async function migrate(kysely: Database, migrations: Readonly<Record<string, Migration>>, target: number) {
  await kysely.transaction().execute(async (writing) => {
    const migrator = new Migrator({ db: writing, provider: { getMigrations: async () => ({ ...migrations }) } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    await sql`pragma application_id = ${sql.lit(APPLICATION_ID)}`.execute(writing);
    await sql`pragma user_version = ${sql.lit(target)}`.execute(writing);
  });
}

export function readPragma(raw: DatabaseSync, name: string): unknown {
  return Object.values(raw.prepare(`pragma ${name}`).get() ?? {})[0];
}
