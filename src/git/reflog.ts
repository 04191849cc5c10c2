import { open, stat } from 'node:fs/promises';
import path from 'node:path';

export interface Move {
  readonly from: string;
  readonly to: string;
  /** Epoch seconds. */
  readonly at: number;
  /** Empty when nobody said why: plumbing. */
  readonly why: string;
}

/** A run of thousands of commits between two looks is not what this is for. */
const TAIL_BYTES = 256 * 1024;

/** How `HEAD` of a checkout moved, oldest first; empty when no log is kept. `from`: a length it had before. */
export function readHeadLog(admin: string, from = 0): Promise<readonly Move[]> {
  return readLog(headLog(admin), from);
}

/** 0 where there is no log. */
export async function headLogBytes(admin: string): Promise<number> {
  return (await stat(headLog(admin)).catch(() => null))?.size ?? 0;
}

function headLog(admin: string): string {
  return path.join(admin, 'logs', 'HEAD');
}

export function readRefLog(common: string, ref: string): Promise<readonly Move[]> {
  return readLog(path.join(common, 'logs', ...ref.split('/')));
}

async function readLog(file: string, from = 0): Promise<readonly Move[]> {
  const text = await tail(file, from).catch(() => '');
  return text.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) .*> (\d+) [+-]\d{4}(?:\t(.*))?$/.exec(line);
    return match === null
      ? []
      : [{ from: match[1] ?? '', to: match[2] ?? '', at: Number(match[3]), why: match[4] ?? '' }];
  });
}

async function tail(file: string, begin: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    // Shorter than it was: git has expired old lines, so nothing is known about where the new ones begin.
    const from = Math.max(begin > size ? 0 : begin, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
