import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** A process that cannot be confused with a later one of the same number (E4): number, start and boot together. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: clock ticks between boot and start. Elsewhere: the text of `ps -o lstart`. Compared, never read. */
  readonly start: string;
  /** Linux: the boot id. Elsewhere empty: `lstart` is a date and needs none. */
  readonly boot: string;
}

/** One line of the process table. */
export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  readonly start: string;
  /** Ended, but its parent has not asked for its status: nothing is running any more. */
  readonly isZombie: boolean;
}

export const isLinux = process.platform === 'linux';
let boot: string | undefined;

/** The id of this boot of the machine; empty where there is none. */
export function bootId(): string {
  boot ??= isLinux ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : '';
  return boot;
}

/** What the system knows about a process; null: there is none of this number. */
export function processInfo(pid: number): ProcessInfo | null {
  return isLinux ? fromProc(pid) : fromPs(pid);
}

/** The identity of a process that runs now; null: it does not, or has ended and is only waiting to be reaped. */
export function identify(pid: number): ProcessIdentity | null {
  const info = processInfo(pid);
  return info === null || info.isZombie ? null : { pid, start: info.start, boot: bootId() };
}

/** True while exactly this process runs (E4). */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.boot !== bootId()) return false;
  return identify(identity.pid)?.start === identity.start;
}

function fromProc(pid: number): ProcessInfo | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The second field is the program's name in brackets, and a name may hold brackets and spaces: count from the last one.
  const [state, ppid, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const start = rest[17];
  if (state === undefined || ppid === undefined || start === undefined) return null;
  return { pid, ppid: Number(ppid), start, isZombie: state === 'Z' || state === 'X' };
}

// macOS and the BSDs have no /proc. `ps` is slow and knows seconds only, which is why Linux does not use it.
function fromPs(pid: number): ProcessInfo | null {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [ppid, state, ...start] = line.split(/\s+/);
    if (ppid === undefined || state === undefined || start.length === 0) return null;
    return { pid, ppid: Number(ppid), start: start.join(' '), isZombie: state.startsWith('Z') };
  } catch {
    return null;
  }
}
