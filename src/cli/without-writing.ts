import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunLock } from '../port/store.ts';
import { openMemoryStore } from '../store/memory.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { LOCK_FILE, type Project, STATE_FILE } from './assemble.ts';
import { CliError } from './cli-error.ts';
import { type Observed, observe } from './read-model.ts';

/**
 * Brings the state up to date with the documents in memory alone: nothing is stored, and where there is no state none is
 * made. Holds the run's lock meanwhile, if there ever was a run.
 *
 * @throws {CliError} when a run is on.
 */
export async function observeWithoutWriting(project: Project, act: string): Promise<Observed> {
  const lock = takeLockIfThere(project, act);
  try {
    return await observeInMemory(project);
  } finally {
    lock?.release();
  }
}

/** The same, for who has the lock. */
export async function observeInMemory(project: Project): Promise<Observed> {
  const file = path.join(project.stateFolder, STATE_FILE);
  if (!existsSync(file)) return observe(project, openMemoryStore());
  const store = await openSqliteStore(file);
  try {
    return await observe(project, {
      load: () => store.load(),
      getMeta: (name) => store.getMeta(name),
      commit: async () => {},
      setMeta: async () => {},
    });
  } finally {
    await store.close();
  }
}

function takeLockIfThere({ stateFolder, takeLock }: Project, act: string): RunLock | null {
  if (!existsSync(path.join(stateFolder, LOCK_FILE))) return null;
  const taken = takeLock();
  if (taken.ok) return taken.lock;
  const who = taken.holder === null ? 'another process' : `process ${taken.holder.pid}`;
  throw new CliError(act, `a run is on already (${who})`, 'see `cox status`');
}
