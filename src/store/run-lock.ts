import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import type { LockHolder, LockResult } from '../port/store.ts';
import { explainStoreError, isBusy } from './store-error.ts';

/**
 * Takes the lock that only one run may hold, over a project or a repository (DESIGN traps 12 and 13). It is SQLite's own
 * lock on a file that holds nothing else, so the operating system frees it when the holder dies, however it dies.
 *
 * Who holds it stands beside it in `<file>.json`: the locked file cannot be read through SQLite, and must not be read in
 * any other way by the holder, since closing a second handle on a file drops the process's locks on it.
 *
 * @param file Absolute path of the lock file; its folder exists. Never deleted.
 * @param now Epoch milliseconds, told to those who are refused.
 * @returns At once; the holder is null when it could not be told.
 * @throws {StoreError} when the lock file cannot be made or used.
 */
export function takeRunLock(file: string, now: number): LockResult {
  try {
    const database = lockFile(file);
    if (database === null) return { ok: false, holder: readHolder(file) };
    return { ok: true, lock: hold(database, file, { pid: process.pid, since: now }) };
  } catch (error) {
    throw explainStoreError(error, file);
  }
}

/** Two that come in the same moment get in each other's way for an instant; after this one of them has the lock. */
const RACE_MS = 100;

function lockFile(file: string): DatabaseSync | null {
  const database = new DatabaseSync(file, { timeout: RACE_MS });
  try {
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** A handle that nobody refers to is collected, and the lock would go with it. */
const held = new Set<DatabaseSync>();

function hold(database: DatabaseSync, file: string, holder: LockHolder) {
  held.add(database);
  const release = () => {
    if (!held.delete(database)) return;
    rmSync(sidecar(file), { force: true });
    database.close();
  };
  try {
    const draft = `${sidecar(file)}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(holder));
    renameSync(draft, sidecar(file));
  } catch (error) {
    release();
    throw error;
  }
  return { holder, release };
}

function readHolder(file: string): LockHolder | null {
  try {
    const holder: Partial<LockHolder> = JSON.parse(readFileSync(sidecar(file), 'utf8'));
    const { pid, since } = holder;
    return typeof pid === 'number' && typeof since === 'number' ? { pid, since } : null;
  } catch {
    return null;
  }
}

function sidecar(file: string): string {
  return `${file}.json`;
}
