import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { bootId, isAlive, isLinux, type ProcessIdentity, type ProcessInfo } from './identity.ts';
import { markedProcesses, processTable } from './process-table.ts';

const LADDER = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
const LOOK_MS = 20;
// Nothing survives SIGKILL but a process stuck in the kernel. Waiting longer for one would hang the run.
const KILL_MS = 5_000;
// For the root to notice that its program is gone, and to write down how.
const ROOT_MS = 500;

export interface TreeEnd {
  /** What ran when it was asked to end. */
  readonly found: readonly ProcessIdentity[];
  /** What even SIGKILL did not end in time: stuck in the kernel. */
  readonly remaining: readonly ProcessIdentity[];
}

/** All processes of one attempt or gate: those that carry its marker, and descendants seen while it ran. */
export interface ProcessTree {
  /** Looks for descendants now, so that one which later loses both its parent and its environment is still known. */
  remember(): void;
  /** What runs now. */
  members(): ProcessIdentity[];
  /**
   * Ends everything (E6): SIGINT, SIGTERM, SIGKILL with `graceMs` between; `from` leaves the gentler ones out. The root
   * gets its SIGKILL last, so that a wrapper can still write down how its program ended.
   */
  end(options: { readonly graceMs: number; readonly from?: (typeof LADDER)[number] }): Promise<TreeEnd>;
}

/** The tree under `marker`. `root` leads its process group; null: it is gone, or was never known. */
export function processTree(marker: string, root: ProcessIdentity | null): ProcessTree {
  const known = new Map<number, ProcessIdentity>();
  if (root !== null) known.set(root.pid, root);

  const members = (): ProcessIdentity[] => {
    for (const { pid, start } of markedProcesses(marker)) known.set(pid, { pid, start, boot: bootId() });
    return [...known.values()].filter(isAlive);
  };

  const end: ProcessTree['end'] = async ({ graceMs, from = 'SIGINT' }) => {
    const found = members();
    let rest = found;
    for (const name of LADDER.slice(LADDER.indexOf(from), -1)) {
      if (rest.length === 0) break;
      signal(rest, name, root);
      await gone(rest, graceMs);
      rest = members();
    }
    const begun = performance.now();
    while (rest.length > 0 && performance.now() - begun < KILL_MS) {
      const isSpared = performance.now() - begun < ROOT_MS;
      // Again and again, because a process may have forked between the look and the signal.
      signal(isSpared ? rest.filter(({ pid }) => pid !== root?.pid) : rest, 'SIGKILL', null);
      await gone(rest, LOOK_MS * 5);
      rest = members();
    }
    // Without a table of processes nobody can tell whether the group is empty.
    if (!isLinux) signal([], 'SIGKILL', root);
    return { found, remaining: rest };
  };

  return { remember: () => rememberDescendants(known), members, end };
}

function signal(members: readonly ProcessIdentity[], name: NodeJS.Signals, group: ProcessIdentity | null): void {
  for (const member of members) if (isAlive(member)) send(member.pid, name);
  if (!isLinux && group !== null) send(-group.pid, name);
}

function send(pid: number, name: NodeJS.Signals): void {
  if (pid === process.pid) return;
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile, or another user's: the next look tells.
  }
}

/** Waits until none of them runs; only their own entries are read, which is cheap enough to do often. */
async function gone(members: readonly ProcessIdentity[], ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  while (members.some(isAlive) && performance.now() < deadline) await wait(LOOK_MS);
}

let table: { readonly at: number; readonly rows: ReadonlyMap<number, ProcessInfo> } | undefined;

function rememberDescendants(known: Map<number, ProcessIdentity>): void {
  if (!isLinux) return;
  // Attempts that look in the same moment share one walk over /proc.
  if (table === undefined || performance.now() - table.at > 500)
    table = { at: performance.now(), rows: processTable() };
  const { rows } = table;
  for (const row of rows.values()) {
    const lineage: ProcessInfo[] = [];
    let at: ProcessInfo | undefined = row;
    while (at !== undefined && known.get(at.pid)?.start !== at.start && lineage.length < 1_000) {
      lineage.push(at);
      at = rows.get(at.ppid);
    }
    if (at === undefined || lineage.length >= 1_000) continue;
    for (const { pid, start } of lineage) known.set(pid, { pid, start, boot: bootId() });
  }
}
