import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from './tables.ts';

/**
 * Every step a state file has made, oldest first; names sort in that order. A step that was released is never edited:
 * a change of a table, or of what a `json` or `summary` column holds, is a new step and raises `SCHEMA_VERSION`.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-begin': { up: begin },
};

async function begin(db: Kysely<Tables>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('tasks')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('ord', 'integer', (column) => column.notNull())
    .addColumn('priority', 'real', (column) => column.notNull())
    .addColumn('open_deps', 'integer', (column) => column.notNull())
    .addColumn('fence', 'integer', (column) => column.notNull())
    .addColumn('stage', 'integer', (column) => column.notNull())
    .addColumn('depth', 'integer', (column) => column.notNull())
    .addColumn('is_last', 'integer', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('tasks_status').on('tasks').column('status').execute();
  await schema.createIndex('tasks_dispatch').on('tasks').columns(['status', 'open_deps', 'priority', 'ord']).execute();

  await schema
    .createTable('run')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('groups')
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('key', 'text', (column) => column.notNull().unique())
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('inbox')
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('effects')
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('key', 'text', (column) => column.notNull().unique())
    .addColumn('task', 'text')
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('journal')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('journal_tasks')
    .addColumn('task', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull().references('journal.seq'))
    .addPrimaryKeyConstraint('journal_tasks_key', ['task', 'seq'])
    .execute();

  await schema
    .createTable('commands')
    // Numbers are told to people and other processes: one is never given twice.
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('json', 'text', (column) => column.notNull())
    .addColumn('settled', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('refusal', 'text')
    .execute();
  await schema.createIndex('commands_settled').on('commands').columns(['settled', 'number']).execute();
  await schema
    .createTable('meta')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}
