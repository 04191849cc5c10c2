import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { takeRunLock } from '../../src/store/run-lock.ts';
import { startChild } from './child.ts';
import { scratch } from './scratch.ts';

const since = 1_700_000_000_000;

it('is refused at once while another process holds it, which is named; free when given back', async () => {
  const file = path.join(await scratch(), 'run.lock');
  const child = startChild('hold-lock.ts', file);
  expect(JSON.parse(await child.line())).toEqual({ ok: true, holder: { pid: child.pid, since } });

  const began = performance.now();
  expect(takeRunLock(file, 1)).toEqual({ ok: false, holder: { pid: child.pid, since } });
  expect(performance.now() - began).toBeLessThan(1000);

  child.say('release');
  expect(await child.line()).toBe('released');
  const mine = takeRunLock(file, 2);
  expect(mine.ok && mine.lock.holder).toEqual({ pid: process.pid, since: 2 });
  if (mine.ok) mine.lock.release();
});

it('is free as soon as its holder was killed', async () => {
  const file = path.join(await scratch(), 'run.lock');
  const child = startChild('hold-lock.ts', file);
  await child.line();
  await child.kill();
  const mine = takeRunLock(file, 2);
  expect(mine.ok && mine.lock.holder).toEqual({ pid: process.pid, since: 2 });
  if (mine.ok) mine.lock.release();
});

it('is held once in a process, too, and releasing twice is nothing', async () => {
  const folder = await scratch();
  const file = path.join(folder, 'run.lock');
  const first = takeRunLock(file, 1);
  expect(takeRunLock(file, 2)).toEqual({ ok: false, holder: { pid: process.pid, since: 1 } });
  if (first.ok) first.lock.release();
  const second = takeRunLock(file, 3);
  if (first.ok) first.lock.release();
  expect(takeRunLock(file, 4)).toEqual({ ok: false, holder: { pid: process.pid, since: 3 } });
  if (second.ok) second.lock.release();
  expect(await readdir(folder)).toEqual(['run.lock']);
});

it('of four that come at the same moment, one has it', async () => {
  const file = path.join(await scratch(), 'run.lock');
  const children = [1, 2, 3, 4].map(() => startChild('hold-lock.ts', file));
  const results = await Promise.all(children.map(async (child) => JSON.parse(await child.line())));
  expect(results.map(({ ok }) => ok).sort()).toEqual([false, false, false, true]);
  const { holder } = results.find(({ ok }) => ok);
  expect(results.map((result) => result.holder)).toEqual([holder, holder, holder, holder]);
});

it('does not know the holder when what it left beside the lock cannot be read', async () => {
  const file = path.join(await scratch(), 'run.lock');
  const lock = takeRunLock(file, 1);
  await writeFile(`${file}.json`, '{"pid":');
  expect(takeRunLock(file, 2)).toEqual({ ok: false, holder: null });
  await writeFile(`${file}.json`, 'null');
  expect(takeRunLock(file, 2)).toEqual({ ok: false, holder: null });
  if (lock.ok) lock.lock.release();
});

it('says why it cannot be taken at all', async () => {
  const file = path.join(await scratch(), 'nowhere', 'run.lock');
  expect(() => takeRunLock(file, 1)).toThrow(`Cannot open ${file}`);
});
