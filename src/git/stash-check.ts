import type { Guard } from './guard-file.ts';
import { keepCommit, shelfRef } from './keep.ts';
import type { PlaceRecord } from './record.ts';
import { readRefLog } from './reflog.ts';
import { type Repository, short } from './repository.ts';
import type { Snapshot } from './snapshot.ts';

interface StashCase {
  readonly guard: Guard;
  readonly record: PlaceRecord;
  readonly now: Snapshot;
}

/**
 * All worktrees share one stash. Dropping from it is not held against anyone, but it may be a person's only copy, so it is
 * kept. One that names the task's branch is the worker's: it is kept, too, and a person is told, whose stash it is not.
 */
export async function checkStashes(
  repository: Repository,
  { guard, record, now }: StashCase,
): Promise<readonly string[]> {
  const shelf = shelfRef('moved', record.task, record.fence);
  const lost = guard.stashes.filter((sha) => !now.stashes.includes(sha));
  for (const sha of lost) await keepCommit(repository, shelf, sha);
  const fresh = (await readRefLog(repository.common, 'refs/stash')).filter(
    ({ to, why }) => !guard.stashes.includes(to) && isOn(record.branch, why),
  );
  const warnings: string[] = [];
  for (const { to } of fresh) {
    const ref = await keepCommit(repository, shelf, to);
    const text = `The attempt left a stash (${short(to)}) in the list that all checkouts share; it is kept as ${ref}, too. Look at it with \`git stash list\`, and drop it there.`;
    warnings.push(text);
  }
  return warnings;
}

/** As git words it: `WIP on feature/a: 1234567 subject`, `On feature/a: message`. */
function isOn(branch: string, why: string): boolean {
  return why.startsWith(`WIP on ${branch}: `) || why.startsWith(`On ${branch}: `);
}
