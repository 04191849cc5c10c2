import type { Violation } from '../core/event.ts';
import { crashPoint } from '../process/crash-point.ts';
import { listCheckouts } from './checkouts.ts';
import { GitError } from './failure.ts';
import { keepCommit, shelfRef, swapRef } from './keep.ts';
import type { PlaceRecord } from './record.ts';
import type { RefVerdict } from './ref-check.ts';
import type { Repository } from './repository.ts';
import { git } from './run.ts';

/** What the worker is told about a ref. */
export function refViolation({ ref, text, isRestored }: RefVerdict): Violation {
  const end = isRestored ? 'it was put back.' : 'it was left as it is; a person has to look.';
  return {
    what: 'ref',
    path: ref,
    text: `${text} while the attempt ran; only the task's branch is the worker's: ${end}`,
  };
}

/**
 * Puts refs back by compare-and-swap (O4). What they pointed to in between is kept under `refs/coxswain/moved/`, in case
 * it was a person after all. Returns sentences about what could not be put back.
 */
export async function restoreRefs(
  repository: Repository,
  record: PlaceRecord,
  verdicts: readonly RefVerdict[],
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const verdict of verdicts.filter(({ isRestored }) => isRestored)) {
    const warning = await restore(repository, record, verdict);
    if (warning !== null) warnings.push(warning);
  }
  return warnings;
}

async function restore(
  repository: Repository,
  record: PlaceRecord,
  { ref, from, to }: RefVerdict,
): Promise<string | null> {
  if (from?.startsWith('ref: ') || to?.startsWith('ref: ')) return restoreSymbolic(repository, ref, from);
  try {
    if (to !== null) await keepCommit(repository, shelfRef('moved', record.task, record.fence), to);
    if (from === null && to !== null && !(await leaveBranch(repository, record, { ref, to }))) {
      return `${ref} was left: it is checked out.`;
    }
    crashPoint('ref-restore:before');
    await swapRef(repository, { ref, from: to, to: from });
    crashPoint('ref-restore:after');
    return null;
  } catch (error) {
    if (error instanceof GitError) return `${ref} could not be put back: ${error.failure.text}`;
    throw error;
  }
}

async function restoreSymbolic(repository: Repository, ref: string, from: string | null): Promise<string | null> {
  const target = from?.replace(/^ref: /, '');
  const args = target === undefined ? ['symbolic-ref', '--delete', ref] : ['symbolic-ref', ref, target];
  const result = await git(args, { cwd: repository.common });
  return result.exitCode === 0 ? null : `${ref} could not be put back.`;
}

/** A branch cannot be deleted under a checkout. The worker's own worktree is detached from it; a person's is left alone. */
async function leaveBranch(
  repository: Repository,
  record: PlaceRecord,
  { ref, to }: { readonly ref: string; readonly to: string },
): Promise<boolean> {
  const on = (await listCheckouts(repository)).filter(({ branch }) => branch === ref);
  if (on.some(({ admin }) => admin !== record.admin)) return false;
  for (const { admin } of on) {
    const env = { GIT_DIR: admin };
    await git(['update-ref', '--no-deref', '-m', 'coxswain: detach', 'HEAD', to], { cwd: repository.common, env });
  }
  return true;
}
