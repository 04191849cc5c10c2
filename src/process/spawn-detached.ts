import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { crashPoint } from './crash-point.ts';
import { identify, isAlive, isLinux, type ProcessIdentity } from './identity.ts';
import { type ExitStatus, type LaunchSpec, launch } from './launch.ts';
import { markedProcesses } from './process-table.ts';
import { claim, newMarker, type ProcessRecord, readExit, readRecord, writeRecord } from './record.ts';

/**
 * Runs `"$@"` and writes down how it ended, so that the status is known although we are not there to be told. `$0` is the
 * folder: no variable of its own may leak into the program's environment. A trapped signal leaves the shell waiting and
 * is back to its default in the program. Program and arguments are never read as shell: the program is an absolute path,
 * which no builtin has. What the shell itself has to say (`Killed`) is not the program's stderr.
 */
const WRAPPER = `trap : HUP INT QUIT TERM
set -C
exec 3>&2 2>/dev/null
echo "$$" >"$0/claim-$COX_MARKER" || exit 125
(exec "$@" 2>&3 3>&-)
set -- "$?"
echo "$1" >"$0/exit"
exit "$1"`;

/** A process that outlives us, in a folder that remembers it. */
export interface Detached {
  readonly identity: ProcessIdentity;
  readonly marker: string;
  /** Resolves once the program is gone; null: it left no status. Never rejects. */
  readonly exited: Promise<ExitStatus | null>;
}

export type DetachedSpec = Omit<LaunchSpec, 'marker'> & {
  /** Where `process.json`, `exit` and the claim live; one process a folder. */
  readonly folder: string;
};

/** Starts a process that our death does not touch (A2, E4). Look with {@link findDetached} first. */
export async function spawnDetached(
  spec: DetachedSpec,
): Promise<({ readonly ok: true } & Detached) | { readonly ok: false; readonly text: string }> {
  const { folder, command, ...rest } = spec;
  const marker = newMarker();
  crashPoint('spawn:begin');
  writeRecord(folder, { marker, identity: null });
  crashPoint('spawn:marked');
  const launched = await launch({ ...rest, marker, command: ['/bin/sh', '-c', WRAPPER, folder, ...command] });
  if (!launched.ok) return launched;
  crashPoint('spawn:spawned');
  const { identity } = launched;
  writeRecord(folder, { marker, identity });
  crashPoint('spawn:recorded');
  // The wrapper's own status stands in when it could not write one, for want of space on the disk.
  const exited = launched.exited.then((status) => fileStatus(folder) ?? (status.signal === null ? status : null));
  return { ok: true, identity, marker, exited };
}

export type Found =
  /** Nothing was ever started here. */
  | { readonly state: 'absent' }
  | ({ readonly state: 'running' } & Detached)
  | { readonly state: 'ended'; readonly marker: string; readonly status: ExitStatus }
  /** It ran, is gone, and left no status: killed together with its wrapper, or the machine went down. */
  | { readonly state: 'lost'; readonly marker: string };

/** What became of the process that an earlier life of ours started in this folder (E4). */
export function findDetached(folder: string): Found {
  const record = readRecord(folder);
  if (record === null) return { state: 'absent' };
  const { marker } = record;
  const identity = record.identity ?? closeGap(folder, record);
  if (identity === 'never-started') return { state: 'absent' };
  if (identity !== null && isAlive(identity)) {
    return { state: 'running', identity, marker, exited: follow(folder, identity) };
  }
  const status = fileStatus(folder);
  return status === null ? { state: 'lost', marker } : { state: 'ended', marker, status };
}

function closeGap(folder: string, { marker }: ProcessRecord): ProcessIdentity | 'never-started' | null {
  const claimed = claim(folder, marker);
  if (claimed.isOurs) return 'never-started';
  // The number alone may belong to somebody else by now; where there is no marker to see it has to do.
  const isOf = isLinux ? markedProcesses(marker).some(({ pid }) => pid === claimed.pid) : true;
  const identity = isOf ? identify(claimed.pid) : null;
  if (identity !== null) writeRecord(folder, { marker, identity });
  return identity;
}

// Not our child, so nobody tells us of its end. A look at one entry of /proc costs a few microseconds.
async function follow(folder: string, identity: ProcessIdentity): Promise<ExitStatus | null> {
  while (isAlive(identity)) await wait(50);
  return fileStatus(folder);
}

// A shell has one number for both, from 129 on for signals. A program that leaves with such a number by itself is taken
// for one that was signalled, which is what it says.
function fileStatus(folder: string): ExitStatus | null {
  const status = readExit(folder);
  return status === null ? null : statusOf(status);
}

function statusOf(status: number): ExitStatus {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0];
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}
