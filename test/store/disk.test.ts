import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/port/store.ts';
import { connect } from '../../src/store/connection.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { explainStoreError } from '../../src/store/store-error.ts';
import { scratch } from './scratch.ts';

// A mount in a namespace of its own: it is gone with the process, whatever happens to the test.
const namespace = ['unshare', '--map-root-user', '--mount'] as const;
const mount = 'mount -t tmpfs -o size=1m cox-test "$1"';

function cannotMount(folder: string): string {
  const [unshare, ...options] = namespace;
  const { error, stderr } = spawnSync(unshare, [...options, 'sh', '-ec', mount, 'sh', folder], { encoding: 'utf8' });
  return error?.message ?? stderr;
}

it('a full disk is told as such, loses nothing, and the store goes on when there is room', async (test) => {
  const folder = path.join(await scratch(), 'small');
  await mkdir(folder);
  const obstacle = cannotMount(folder);
  test.skip(obstacle !== '', `a small disk cannot be made here: ${obstacle}`);

  const script = path.join(import.meta.dirname, 'fixtures/fill-disk.ts');
  const [unshare, ...options] = namespace;
  const inside = `${mount}; exec "$2" "$3" "$1"`;
  const args = [...options, 'sh', '-ec', inside, 'sh', folder, process.execPath, script];
  const { stdout, stderr } = spawnSync(unshare, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  const disk = (file: string) => ({
    code: 'disk-full',
    text: `Cannot write ${path.join(folder, file)}: the disk is full. Nothing of this step was stored. Free some space and run cox again.`,
  });
  expect(JSON.parse(stdout)).toEqual({
    whileCommitting: disk('state.db'),
    readable: true,
    whileOpening: disk('new.db'),
    whileLocking: disk('run.lock'),
    goesOn: true,
  });
});

it('what SQLite says when it has no room is a full disk', async () => {
  const file = path.join(await scratch(), 'state.db');
  const { raw } = await connect(file);
  raw.exec('pragma max_page_count = 1');
  const error = thrown(() => raw.exec("insert into meta values ('a', hex(zeroblob(100000)))"));
  expect(explainStoreError(error, file)).toMatchObject({ code: 'disk-full', cause: error });
  raw.close();
});

it('a lock that is held for too long is told as such', async () => {
  const file = path.join(await scratch(), 'state.db');
  const store = await openSqliteStore(file);
  const { raw: other } = await connect(file);
  const { raw: hasty } = await connect(file);
  hasty.exec('pragma busy_timeout = 0');
  other.exec('begin immediate');
  const error = thrown(() => hasty.exec('begin immediate'));
  expect(explainStoreError(error, file)).toMatchObject({ code: 'busy' });
  for (const each of [other, hasty]) each.close();
  await store.close();
});

describe('errors', () => {
  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EIO', 'disk-failed'],
    ['EROFS', 'read-only'],
    ['EACCES', 'unopenable'],
  ])('%s is %s', (code, ours) => {
    const error = Object.assign(new Error('no'), { code });
    expect(explainStoreError(error, '/p/state.db')).toMatchObject({ code: ours, cause: error });
  });

  it.each([
    [8, 'read-only'],
    [11, 'damaged'],
    [13, 'disk-full'],
    [14, 'unopenable'],
    [26, 'damaged'],
    [778, 'disk-failed'],
  ])('SQLite code %i is %s', (errcode, ours) => {
    const error = Object.assign(new Error('no'), { code: 'ERR_SQLITE_ERROR', errcode });
    expect(explainStoreError(error, '/nowhere/state.db')).toMatchObject({ code: ours, cause: error });
  });

  it('of another kind stay what they are', () => {
    const bug = new TypeError('x is undefined');
    const syntax = Object.assign(new Error('near "selct"'), { code: 'ERR_SQLITE_ERROR', errcode: 1 });
    const ours = new StoreError('newer-schema', 'Update cox.');
    for (const error of [bug, syntax, ours, 'text']) expect(explainStoreError(error, '/p/state.db')).toBe(error);
  });
});

function thrown(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
