import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { allowedEnvironment } from '../../src/process/environment.ts';
import { keepHeadAndTail, tailText } from '../../src/process/output.ts';
import { findProgram } from '../../src/process/program.ts';
import { claimFile, readExit, readRecord, writeRecord } from '../../src/process/record.ts';
import { findDetached, spawnDetached } from '../../src/process/spawn-detached.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cox-spawn-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => path.join(folder, name);

async function spawn(command: readonly [string, ...string[]], env: Record<string, string> = {}) {
  const spawned = await spawnDetached({
    folder,
    command,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdin: null,
    stdout: file('out'),
    stderr: file('err'),
  });
  if (!spawned.ok) throw new Error(spawned.text);
  return spawned;
}

it('gives the arguments as they are, with no shell in between', async () => {
  const args = ['$HOME', '`id`', "'", '"; exit 1 #', '', 'a b', '*', '-n', '\n'];
  const spawned = await spawn([
    process.execPath,
    '-e',
    'console.log(JSON.stringify(process.argv.slice(1)))',
    '--',
    ...args,
  ]);
  expect(await spawned.exited).toEqual({ code: 0, signal: null });
  expect(JSON.parse(readFileSync(file('out'), 'utf8'))).toEqual(args);
});

it('gives the environment as it is, and the marker', async () => {
  const spawned = await spawn([process.execPath, '-e', 'console.log(JSON.stringify(process.env))'], { GIVEN: 'a\nb' });
  await spawned.exited;
  const { PATH, PWD, SHLVL, OLDPWD, _, ...rest } = JSON.parse(readFileSync(file('out'), 'utf8'));
  expect(rest).toEqual({ GIVEN: 'a\nb', COX_MARKER: spawned.marker });
  expect(PATH).toBe(process.env.PATH);
});

it.each([
  ['exit 0', { code: 0, signal: null }],
  ['exit 7', { code: 7, signal: null }],
  ['kill -TERM $$', { code: null, signal: 'SIGTERM' }],
  ['kill -KILL $$', { code: null, signal: 'SIGKILL' }],
])('writes down how `%s` ended', async (script, expected) => {
  const { exited } = await spawn(['/bin/sh', '-c', script]);
  expect(await exited).toEqual(expected);
  expect(findDetached(folder)).toMatchObject({ state: 'ended', status: expected });
});

it('records the process before anybody can ask', async () => {
  const { identity, marker, exited } = await spawn(['/bin/sh', '-c', 'exit 0']);
  expect(readRecord(folder)).toEqual({ identity, marker });
  await exited;
  expect(readdirSync(folder).sort()).toEqual([`claim-${marker}`, 'err', 'exit', 'out', 'process.json']);
});

it('finds nothing where nothing was started, nor where the record is none', () => {
  expect(findDetached(folder)).toEqual({ state: 'absent' });
  for (const text of ['', '{', '[]', '{"marker": 1}', '{"marker": "../../etc"}']) {
    writeFileSync(file('process.json'), text);
    expect(findDetached(folder)).toEqual({ state: 'absent' });
  }
});

it('takes a status that is being written for none', () => {
  for (const [text, status] of [
    ['', null],
    ['1', null],
    ['12\n', 12],
    ['x\n', null],
  ] as const) {
    writeFileSync(file('exit'), text);
    expect(readExit(folder)).toBe(status);
  }
});

it('starts nothing once a recovery has claimed the gap, however late the wrapper comes', async () => {
  const marker = 'ab'.repeat(16);
  writeRecord(folder, { marker, identity: null });
  expect(findDetached(folder)).toEqual({ state: 'absent' });
  expect(existsSync(claimFile(folder, marker))).toBe(true);
  // Asked again, by a recovery that died as well: still nobody ran.
  expect(findDetached(folder)).toEqual({ state: 'absent' });
});

it('takes a process whose number now belongs to another for gone', () => {
  const marker = 'cd'.repeat(16);
  writeRecord(folder, { marker, identity: null });
  writeFileSync(claimFile(folder, marker), `${process.pid}\n`);
  expect(findDetached(folder)).toEqual({ state: 'lost', marker });
  writeRecord(folder, { marker, identity: { pid: process.pid, start: '1', boot: 'another' } });
  expect(findDetached(folder)).toEqual({ state: 'lost', marker });
});

it('says why it could not start', async () => {
  const spawned = await spawnDetached({
    folder,
    command: ['/bin/true'],
    cwd: file('missing'),
    env: {},
    stdin: null,
    stdout: file('out'),
    stderr: file('err'),
  });
  expect(spawned).toMatchObject({ ok: false, text: expect.stringContaining('ENOENT') });
});

it('passes on only what is allowed', () => {
  process.env.TEST_TOKEN = 'secret';
  process.env.TEST_URL = 'url';
  try {
    expect(allowedEnvironment()).not.toHaveProperty('TEST_TOKEN');
    expect(allowedEnvironment()).toMatchObject({ PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' });
    expect(allowedEnvironment(['TEST_U*'])).toMatchObject({ TEST_URL: 'url' });
    expect(allowedEnvironment(['TEST_U*'])).not.toHaveProperty('TEST_TOKEN');
  } finally {
    delete process.env.TEST_TOKEN;
    delete process.env.TEST_URL;
  }
});

it('finds a program as a shell would, but never in the current folder', () => {
  const searchPath = `:.:${path.dirname(process.execPath)}:/bin`;
  const find = (name: string) => findProgram(name, { searchPath, base: folder });
  expect(find('sh')).toEqual({ ok: true, file: expect.stringMatching(/\/sh$/) });
  writeFileSync(file('own'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(file('text'), '');
  expect(find('./own')).toEqual({ ok: true, file: file('own') });
  for (const name of ['own', './text', './missing', '.', '', './']) expect(find(name)).toMatchObject({ ok: false });
});

it('keeps the beginning and the end of a file', () => {
  writeFileSync(file('log'), `begin${'x'.repeat(10_000)}end`);
  expect(keepHeadAndTail(file('log'), 20_000)).toBe(false);
  expect(keepHeadAndTail(file('log'), 1_000)).toBe(true);
  const text = readFileSync(file('log'), 'utf8');
  expect(text).toMatch(/^beginx+\n\[coxswain: output left out here; the limit is 1000 bytes\]\nx+end$/);
  expect(text.length).toBeLessThanOrEqual(1_000);
  expect(keepHeadAndTail(file('log'), 1_000)).toBe(false);
  expect(keepHeadAndTail(file('missing'), 1)).toBe(false);
  expect(tailText(file('log'), 4)).toBe('xend');
  expect(tailText(file('missing'), 4)).toBe('');
});
