import type { LockResult, RunLock } from '../port/store.ts';
import { EngineError } from './engine-error.ts';

/** Takes all the locks or none. @throws {EngineError} `locked`, which says who holds the project. */
export function takeLocks(takers: readonly (() => LockResult)[]): readonly RunLock[] {
  const locks: RunLock[] = [];
  for (const take of takers) {
    const result = take();
    if (result.ok) {
      locks.push(result.lock);
      continue;
    }
    for (const lock of locks) lock.release();
    const { holder } = result;
    const who =
      holder === null ? 'another process' : `process ${holder.pid}, since ${new Date(holder.since).toISOString()}`;
    throw new EngineError(
      'locked',
      `another \`cox run\` holds this project (${who})`,
      'watch it with `cox status`, end it with `cox stop`, or wait for it',
    );
  }
  return locks;
}
