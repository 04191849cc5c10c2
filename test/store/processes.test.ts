import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { connect } from '../../src/store/connection.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { changes, none, sampleEntry, sampleTask } from '../../src/testing/store-samples.ts';
import { startChild } from './child.ts';
import { scratch } from './scratch.ts';

it('a commit that was killed in the middle has not happened, and the next process goes on at once', async () => {
  const file = path.join(await scratch(), 'state.db');
  const before = await openSqliteStore(file);
  await before.commit(changes({ tasks: [sampleTask('a')] }), sampleEntry(1));
  await before.close();

  const child = startChild('hang-in-commit.ts', file);
  expect(await child.line()).toBe('written');
  await child.kill();

  const store = await openSqliteStore(file);
  expect((await store.load()).tasks).toEqual([sampleTask('a')]);
  expect(await store.journal({})).toEqual([sampleEntry(1)]);
  await store.commit(changes({ tasks: [sampleTask('b', { order: 1 })] }), sampleEntry(2));
  expect((await store.load()).tasks.map(({ id }) => id)).toEqual(['a', 'b']);
  await store.close();
});

it('four processes that make the file and send commands to a busy writer lose none', async () => {
  const file = path.join(await scratch(), 'state.db');
  const children = ['a', 'b', 'c', 'd'].map((name) => startChild('send-commands.ts', file, name, '50'));
  const writer = await openSqliteStore(file);
  for (let seq = 1; seq <= 100; seq += 1) await writer.commit(none, sampleEntry(seq));
  const numbers = (await Promise.all(children.map((child) => child.rest()))).map((lines) => lines.map(Number));

  const pending = await writer.pendingCommands();
  const sent = new Map(
    numbers.flatMap((of, child) => of.map((number, i) => [number, `${'abcd'[child]}${i}`] as const)),
  );
  expect(sent.size).toBe(200);
  expect(pending.map(({ number, command }) => [number, 'task' in command ? command.task : null])).toEqual(
    [...sent].sort(([a], [b]) => a - b),
  );
  expect(await writer.journal({})).toHaveLength(100);
  await writer.close();
});

it('a new file is waited for while another process makes it', async () => {
  const file = path.join(await scratch(), 'state.db');
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  const opening = openSqliteStore(file);
  other.exec('rollback');
  other.close();
  await (await opening).close();
});

it('a transaction that may write has the lock before it reads; one that only reads takes none', async () => {
  const file = path.join(await scratch(), 'state.db');
  const { kysely } = await connect(file);
  const other = new DatabaseSync(file, { timeout: 0 });
  const write = () => other.exec('begin immediate; rollback;');
  await kysely.transaction().execute(async () => expect(write).toThrow('database is locked'));
  await kysely
    .transaction()
    .setAccessMode('read only')
    .execute(async (reading) => {
      await reading.selectFrom('tasks').select('id').execute();
      write();
    });
  other.close();
  await kysely.destroy();
});

it('a reader sees what was committed, and nothing else, while a writer runs', async () => {
  const file = path.join(await scratch(), 'state.db');
  const writer = await openSqliteStore(file);
  const reader = startChild('read.ts', file);
  expect(await reader.line()).toBe('open');
  const seen = async () => {
    reader.say('look');
    return JSON.parse(await reader.line());
  };
  expect(await seen()).toEqual({ tasks: [], journal: 0 });
  await writer.commit(changes({ tasks: [sampleTask('a')] }), sampleEntry(1));
  expect(await seen()).toEqual({ tasks: ['a'], journal: 1 });

  const halfway = new DatabaseSync(file);
  halfway.exec('begin immediate; delete from tasks;');
  expect(await seen()).toEqual({ tasks: ['a'], journal: 1 });
  halfway.exec('rollback');
  halfway.close();

  await writer.commit(changes({ tasks: [sampleTask('b', { order: 1 })] }), sampleEntry(2));
  expect(await seen()).toEqual({ tasks: ['a', 'b'], journal: 2 });
  await reader.kill();
  await writer.close();
});
