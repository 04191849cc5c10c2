import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { isLinux, type ProcessInfo, processInfo } from './identity.ts';

/** The variable that every process of an attempt or gate inherits, and by which it is found wherever it went (E6). */
export const MARKER_VARIABLE = 'COX_MARKER';

/**
 * Processes whose environment carries the marker, our own never among them. A process keeps the environment it was
 * started with, so leaving the group or the session does not hide it. Not found: processes of another user, those
 * started with an emptied environment, those that write their title over it (`setproctitle`), and everything outside
 * Linux, where a process tree falls back to its process group.
 */
export function markedProcesses(marker: string): ProcessInfo[] {
  if (!isLinux) return [];
  const wanted = Buffer.from(`${MARKER_VARIABLE}=${marker}`);
  return pids()
    .filter((pid) => carries(pid, wanted))
    .map(processInfo)
    .filter((info) => info !== null)
    .filter((info) => !info.isZombie);
}

/** Every process of the machine, by number. Empty outside Linux. */
export function processTable(): ReadonlyMap<number, ProcessInfo> {
  const table = new Map<number, ProcessInfo>();
  for (const pid of pids()) {
    const info = processInfo(pid);
    if (info !== null) table.set(pid, info);
  }
  return table;
}

function pids(): number[] {
  if (!isLinux) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function carries(pid: number, wanted: Buffer): boolean {
  try {
    return contains(environment(pid), wanted);
  } catch {
    // Gone meanwhile, or another user's.
    return false;
  }
}

/**
 * While a process goes from one program to the next (`exec`) it shows neither environment nor arguments for some
 * microseconds. To overlook it then would be to leave it running, so it is looked at until it shows them.
 */
function environment(pid: number): Buffer {
  for (let tries = 0; tries < 50; tries += 1) {
    const before = readFileSync(`/proc/${pid}/environ`);
    if (before.length > 0) return before;
    if (readFileSync(`/proc/${pid}/cmdline`).length > 0) return readFileSync(`/proc/${pid}/environ`);
    const info = processInfo(pid);
    const isKernel = pid === 2 || info?.ppid === 2;
    if (info === null || info.isZombie || isKernel) break;
    Atomics.wait(sleeper, 0, 0, 1);
  }
  return Buffer.alloc(0);
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

// As bytes: on a machine with many processes this is most of the cost of a look.
function contains(environment: Buffer, wanted: Buffer): boolean {
  for (let at = environment.indexOf(wanted); at !== -1; at = environment.indexOf(wanted, at + 1)) {
    const before = at === 0 ? 0 : environment[at - 1];
    const after = environment[at + wanted.length] ?? 0;
    if (before === 0 && after === 0) return true;
  }
  return false;
}
