import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { Task } from '../../src/core/task.ts';
import { openPeek, type Peek, type TaskQuery } from '../../src/store/peek.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { taskSummary } from '../../src/store/summary.ts';
import { changes, sampleEntry, sampleTask } from '../../src/testing/store-samples.ts';
import { scratch } from './scratch.ts';

const row = (id: string, order: number, of: Partial<Task>, priority = 0): Task => ({
  ...sampleTask(id, { order, priority }),
  status: 'ready',
  isLast: false,
  fence: 0,
  depth: 0,
  stage: 0,
  ...of,
});

const tasks = [
  row('a', 0, { depth: 1 }, 2),
  row('b', 1, { depth: 5, isLast: true }, 0),
  row('c', 2, { depth: 2 }, 1),
  row('d', 3, { stage: 2 }, 1),
  row('e', 4, { fence: 1 }, 3),
  row('f', 5, { status: 'done' }, 0),
];

it('lists tasks of some statuses in dispatch order', async () => {
  const peek = await peekInto(tasks);
  const ids = (query: TaskQuery) => peek.tasks(query).map(({ id }) => id);
  expect(ids({ statuses: ['ready'] })).toEqual(['e', 'c', 'd', 'a', 'b']);
  expect(ids({ statuses: ['ready'], order: ['critical-path', 'priority'] })).toEqual(['e', 'c', 'a', 'd', 'b']);
  expect(ids({ statuses: ['ready'], order: ['nearest-done'] })).toEqual(['e', 'd', 'a', 'c', 'b']);
  expect(ids({ statuses: ['ready', 'done'], order: ['id'] })).toEqual(['e', 'a', 'c', 'd', 'f', 'b']);
  expect(ids({ statuses: ['failed'] })).toEqual([]);
  expect(ids({ statuses: [] })).toEqual([]);
  peek.close();
});

it('gives each as the JSON that is printed', async () => {
  const peek = await peekInto(tasks);
  const texts = peek.taskTexts({ statuses: ['done'] });
  expect(texts).toEqual(tasks.filter(({ id }) => id === 'f').map((task) => JSON.stringify(taskSummary(task))));
  peek.close();
});

it('sees the texts of the shell, and what a writer has committed since', async () => {
  const file = path.join(await scratch(), 'state.db');
  const writer = await openSqliteStore(file);
  const peek = opened(file);
  expect(peek.meta('name')).toBeNull();
  await writer.setMeta('name', 'value');
  await writer.commit(changes({ tasks: [row('a', 0, {})] }), sampleEntry(1));
  expect(peek.meta('name')).toBe('value');
  expect(peek.taskTexts({ statuses: ['ready'] })).toHaveLength(1);
  peek.close();
  await writer.close();
});

it('finds nothing where there is no state yet, and makes none', async () => {
  const file = path.join(await scratch(), 'state.db');
  expect(openPeek(file)).toBeUndefined();
  new DatabaseSync(file).close();
  expect(openPeek(file)).toBeUndefined();
});

it('refuses what the store refuses', async () => {
  const file = path.join(await scratch(), 'state.db');
  const theirs = new DatabaseSync(file);
  theirs.exec('create table tasks (a)');
  theirs.close();
  expect(() => openPeek(file)).toThrow('it is a database of another program');
});

it('loads no library', () => {
  const peek = path.join(import.meta.dirname, '../../src/store/peek.ts');
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) { console.log(name); return next(name, context); } });
    await import(${JSON.stringify(peek)});`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', hooks], { encoding: 'utf8' });
  const names = stdout.trim().split('\n');
  expect(names).toContain('node:sqlite');
  expect(names.filter((name) => !/^(node:|\.{1,2}\/|\/)/.test(name))).toEqual([]);
});

async function peekInto(rows: readonly Task[]): Promise<Peek> {
  const file = path.join(await scratch(), 'state.db');
  const store = await openSqliteStore(file);
  await store.commit(changes({ tasks: rows }), sampleEntry(1));
  await store.close();
  return opened(file);
}

function opened(file: string): Peek {
  const peek = openPeek(file);
  if (!peek) throw new Error('there is no state');
  return peek;
}
