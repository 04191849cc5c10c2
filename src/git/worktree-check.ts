import path from 'node:path';
import type { Violation } from '../core/event.ts';
import type { Guard } from './guard-file.ts';
import type { PlaceRecord } from './record.ts';
import type { Site } from './site.ts';
import type { Snapshot } from './snapshot.ts';

export interface WorktreeCase {
  readonly site: Site;
  readonly guard: Guard;
  readonly now: Snapshot;
  /** Of all tasks. */
  readonly records: readonly PlaceRecord[];
  /** Attempts that ran at some time while this one did. */
  readonly others: readonly Guard[];
}

export interface WorktreeFindings {
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
  /** Roots that are told of. */
  readonly added: readonly string[];
}

/**
 * Worktrees that were made or removed while the attempt ran (O4). Git does not say by whom, so with other attempts at work
 * a new one is only warned about, unless it lies in the worktree of this one. Nothing is unregistered: a person may have
 * made it, and it can hold work.
 */
export function checkWorktrees({ site, guard, now, records, others }: WorktreeCase): WorktreeFindings {
  const isAlone = others.length === 0;
  const mine = records.find(({ task }) => task === guard.task)?.root ?? '';
  const places = new Set(records.map(({ root }) => root));
  const pool = path.join(site.folder, 'gate-pool') + path.sep;
  const added = now.worktrees.filter(
    (root) => !guard.worktrees.includes(root) && !places.has(root) && !root.startsWith(pool),
  );
  const isBlamed = (root: string) => isAlone || root.startsWith(mine + path.sep);
  const gone = isAlone ? guard.checkouts.filter(({ root }) => !now.worktrees.includes(root)) : [];
  return {
    violations: [
      ...added.filter(isBlamed).map((root) => violation(root, `the worktree ${root} was added`, remove(root))),
      ...gone.map(({ root }) => violation(root, `the worktree ${root} was removed`, 'Put it back.')),
    ],
    warnings: added
      .filter((root) => !isBlamed(root))
      .map((root) => {
        const who = [guard.task, ...others.map(({ task }) => task)].join(', ');
        return `The worktree ${root} was added while ${who} ran. If nobody needs it, run \`git worktree remove ${root}\`.`;
      }),
    added,
  };
}

function remove(root: string): string {
  return `It was left. If the attempt made it, run \`git worktree remove ${root}\`; if not, leave it.`;
}

function violation(root: string, what: string, next: string): Violation {
  return { what: 'config', path: root, text: `${what} while the attempt ran; worktrees are not the worker's. ${next}` };
}
