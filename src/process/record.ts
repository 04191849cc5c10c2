import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { ProcessIdentity } from './identity.ts';

/**
 * What a folder says about its process, in `process.json`. The marker is there before the process, the identity after it
 * (DESIGN trap 9).
 */
export interface ProcessRecord {
  readonly marker: string;
  /** null: written before the spawn, and nobody lived to write the rest. */
  readonly identity: ProcessIdentity | null;
}

export function newMarker(): string {
  return randomBytes(16).toString('hex');
}

export function writeRecord(folder: string, { marker, identity }: ProcessRecord): void {
  const file = path.join(folder, 'process.json');
  const { pid = null, start = null, boot = null } = identity ?? {};
  writeFileSync(`${file}.new`, `${JSON.stringify({ pid, start, boot, marker })}\n`);
  renameSync(`${file}.new`, file);
}

/** null: there is none, or what is there is not ours to understand. */
export function readRecord(folder: string): ProcessRecord | null {
  const text = read(path.join(folder, 'process.json'));
  if (text === null) return null;
  try {
    const record: unknown = JSON.parse(text);
    if (typeof record !== 'object' || record === null || !('marker' in record)) return null;
    if (typeof record.marker !== 'string' || !/^[0-9a-f]{32}$/.test(record.marker)) return null;
    return { marker: record.marker, identity: identityIn(record) };
  } catch {
    return null;
  }
}

/**
 * The exit status that the wrapper wrote; null: none. It counts only with its line end, so that a status which is being
 * written is not yet there.
 */
export function readExit(folder: string): number | null {
  const match = /^(\d{1,3})\n$/.exec(read(path.join(folder, 'exit')) ?? '');
  return match === null ? null : Number(match[1]);
}

/** The file with which the wrapper claims the right to run, and a recovery the right to start anew. */
export function claimFile(folder: string, marker: string): string {
  return path.join(folder, `claim-${marker}`);
}

/**
 * Closes the spawn gap: nobody knows whether the wrapper of this marker was started. Either it claimed first, and its
 * process is told, or we do, and it will end without running anything should it still come.
 */
export function claim(
  folder: string,
  marker: string,
): { readonly isOurs: true } | { readonly isOurs: false; pid: number } {
  const file = claimFile(folder, marker);
  try {
    const fd = openSync(file, 'wx');
    writeSync(fd, 'recovered\n');
    closeSync(fd);
    return { isOurs: true };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const text = read(file) ?? '';
    return text === 'recovered\n' ? { isOurs: true } : { isOurs: false, pid: Number(text) };
  }
}

function identityIn(record: object): ProcessIdentity | null {
  if (!('pid' in record && 'start' in record && 'boot' in record)) return null;
  const { pid, start, boot } = record;
  if (typeof pid !== 'number' || typeof start !== 'string' || typeof boot !== 'string') return null;
  return { pid, start, boot };
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
