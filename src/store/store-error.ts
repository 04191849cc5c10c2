import { statfsSync } from 'node:fs';
import path from 'node:path';
import { StoreError, type StoreErrorCode } from '../port/store.ts';

export { StoreError } from '../port/store.ts';

/** A commit whose number is not the next one: somebody else wrote, or we folded an event without storing it. */
export function secondWriter(seq: number, last: number): StoreError {
  return new StoreError(
    'second-writer',
    `Cannot store event ${seq}: the last one stored is ${last}. This is a bug of cox; nothing was stored.`,
  );
}

/** What a failing SQLite or file system call means for people; errors of another kind come back as they are. */
export function explainStoreError(error: unknown, file: string): unknown {
  const code = storeErrorCode(error, file);
  return code === null ? error : new StoreError(code, sentences[code](file, reason(error)), { cause: error });
}

/** Another connection has the lock. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === 'busy';
}

type Explained = Exclude<StoreErrorCode, 'newer-schema' | 'not-ours' | 'second-writer'>;

const sentences: Record<Explained, (file: string, why: string) => string> = {
  'disk-full': (file) =>
    `Cannot write ${file}: the disk is full. Nothing of this step was stored. Free some space and run cox again.`,
  'disk-failed': (file, why) =>
    `Cannot read or write ${file}: ${why}. Check the disk and that the folder is on a local file system, then run cox again.`,
  'read-only': (file) => `Cannot write ${file}: it is read-only. Make it and its folder writable, then run cox again.`,
  busy: (file) =>
    `Cannot use ${file}: another process has held it for too long. End that process or wait for it, then run cox again.`,
  damaged: (file, why) =>
    `Cannot read ${file}: it is damaged (${why}). It was left as it is. Restore it from a backup, or move it away ` +
    `together with ${path.basename(file)}-wal and ${path.basename(file)}-shm; cox then begins anew from the ledger.`,
  unopenable: (file, why) => `Cannot open ${file}: ${why}. Check that its folder exists and that you may write there.`,
};

/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html; extended ones carry them in the low byte. */
const sqliteCodes = new Map<number, Explained>([
  [3, 'unopenable'],
  [5, 'busy'],
  [6, 'busy'],
  [8, 'read-only'],
  [10, 'disk-failed'],
  [11, 'damaged'],
  [13, 'disk-full'],
  [14, 'unopenable'],
  [26, 'damaged'],
]);

const fileSystemCodes = new Map<string, Explained>([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EIO', 'disk-failed'],
  ['EROFS', 'read-only'],
  ['EACCES', 'unopenable'],
  ['EPERM', 'unopenable'],
  ['ENOENT', 'unopenable'],
  ['ENOTDIR', 'unopenable'],
]);

function storeErrorCode(error: unknown, file: string): Explained | null {
  // A row that is not JSON was not written by us like that.
  if (error instanceof SyntaxError) return 'damaged';
  if (!(error instanceof Error)) return null;
  const code = sqliteCode(error);
  // A full disk shows itself as a failed write, too, when it is the shared memory file that cannot grow.
  if (code === 'disk-failed' && isFull(path.dirname(file))) return 'disk-full';
  if (code) return code;
  return 'code' in error && typeof error.code === 'string' ? (fileSystemCodes.get(error.code) ?? null) : null;
}

function sqliteCode(error: unknown): Explained | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return sqliteCodes.get(error.errcode & 0xff);
}

function isFull(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch {
    return false;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
