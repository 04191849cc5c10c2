import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { connect, readPragma } from '../../src/store/connection.ts';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { SCHEMA_VERSION } from '../../src/store/version.ts';
import { changes, sampleEntry, sampleTask } from '../../src/testing/store-samples.ts';
import { scratch } from './scratch.ts';

/** What the next release might do. */
const later: typeof MIGRATIONS = {
  ...MIGRATIONS,
  '9999-later': { up: (db) => db.schema.createTable('later').addColumn('a', 'text').execute() },
};

const failing: typeof MIGRATIONS = {
  ...MIGRATIONS,
  '9999-later': {
    up: async (db) => {
      await later['9999-later']?.up(db);
      throw new Error('cannot convert');
    },
  },
};

it('every migration has a version, and their names sort in order', () => {
  expect(Object.keys(MIGRATIONS)).toHaveLength(SCHEMA_VERSION);
  expect(Object.keys(MIGRATIONS)).toEqual(Object.keys(MIGRATIONS).toSorted());
});

it('a new file gets its tables, and the settings that make a commit last', async () => {
  const { raw, kysely } = await connect(path.join(await scratch(), 'state.db'));
  const ours = 'commands effects groups inbox journal journal_tasks meta run tasks';
  expect(tables(raw).filter((name) => !name.startsWith('kysely'))).toEqual(ours.split(' '));
  const settings = ['user_version', 'journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'];
  expect(settings.map((name) => readPragma(raw, name))).toEqual([SCHEMA_VERSION, 'wal', 2, 1, 20_000]);
  await kysely.destroy();
});

it('what can be dispatched is found through the index', async () => {
  const { raw, kysely } = await connect(await filled());
  const query = "select id from tasks where status = 'ready' and open_deps = 0 order by priority, ord limit 20";
  const plan = raw.prepare(`explain query plan ${query}`).all();
  expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining('USING INDEX tasks_dispatch')]);
  await kysely.destroy();
});

it('a file of an older schema is brought up to date, with what is in it', async () => {
  const file = await filled();
  const { raw, kysely } = await connect(file, later);
  expect(readPragma(raw, 'user_version')).toBe(SCHEMA_VERSION + 1);
  expect(tables(raw)).toContain('later');
  expect(await kysely.selectFrom('tasks').select('id').execute()).toEqual([{ id: 'a' }]);
  await kysely.destroy();
  const again = await connect(file, later);
  expect(readPragma(again.raw, 'user_version')).toBe(SCHEMA_VERSION + 1);
  again.raw.close();
});

it('a migration that fails has not happened', async () => {
  const file = await filled();
  await expect(connect(file, failing)).rejects.toThrow('cannot convert');
  const { raw } = await connect(file);
  expect(readPragma(raw, 'user_version')).toBe(SCHEMA_VERSION);
  expect(tables(raw)).not.toContain('later');
  raw.close();
});

it('a file of a newer schema is refused and left alone', async () => {
  const file = await filled();
  (await connect(file, later)).raw.close();
  const bytes = await readFile(file);
  await expect(openSqliteStore(file)).rejects.toMatchObject({
    code: 'newer-schema',
    message: `Cannot use ${file}: it was written by a newer cox (schema ${SCHEMA_VERSION + 1}, this one knows ${SCHEMA_VERSION}). Update cox.`,
  });
  expect(await readFile(file)).toEqual(bytes);
});

it('a database of somebody else is refused and left alone', async () => {
  const file = path.join(await scratch(), 'state.db');
  const theirs = new DatabaseSync(file);
  theirs.exec('create table tasks (a)');
  theirs.close();
  const bytes = await readFile(file);
  await expect(openSqliteStore(file)).rejects.toMatchObject({ code: 'not-ours' });
  expect(await readFile(file)).toEqual(bytes);
});

it('a file that is no database is refused with a next step and left alone', async () => {
  const file = path.join(await scratch(), 'state.db');
  const bytes = Buffer.from('tasks: none\n'.repeat(1000));
  await writeFile(file, bytes);
  await expect(openSqliteStore(file)).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringMatching(
      /^Cannot read .*state\.db: it is damaged .* It was left as it is\. Restore it from a/,
    ),
  });
  expect(await readFile(file)).toEqual(bytes);
});

it('a file with damaged pages is refused when they are read, and left alone', async () => {
  const file = path.join(await scratch(), 'state.db');
  const store = await openSqliteStore(file);
  const tasks = Array.from({ length: 200 }, (_, order) => sampleTask(`t${order}`, { order }));
  await store.commit(changes({ tasks }), sampleEntry(1));
  await store.close();
  const bytes = await readFile(file);
  bytes.fill(0xa5, 40_960);
  await writeFile(file, bytes);
  const damaged = await openSqliteStore(file);
  await expect(damaged.load()).rejects.toMatchObject({ code: 'damaged' });
  await damaged.close();
  expect(await readFile(file)).toEqual(bytes);
});

it('a row that is not what we wrote is damage', async () => {
  const file = await filled();
  const raw = new DatabaseSync(file);
  raw.exec(`update tasks set json = '{"way":'`);
  raw.close();
  const store = await openSqliteStore(file);
  await expect(store.load()).rejects.toMatchObject({ code: 'damaged' });
  await store.close();
});

it('a folder that is not there is said to be the reason', async () => {
  const file = path.join(await scratch(), 'nowhere', 'state.db');
  await expect(openSqliteStore(file)).rejects.toMatchObject({ code: 'unopenable' });
});

async function filled(): Promise<string> {
  const file = path.join(await scratch(), 'state.db');
  const store = await openSqliteStore(file);
  await store.commit(changes({ tasks: [sampleTask('a')] }), sampleEntry(1));
  await store.close();
  return file;
}

function tables(raw: DatabaseSync): string[] {
  const all = raw.prepare(
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by 1",
  );
  return all.all().map(({ name }) => String(name));
}
