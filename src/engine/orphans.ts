import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { findDetached } from '../process/spawn-detached.ts';
import { processTree } from '../process/tree.ts';
import type { Bench } from './bench.ts';
import { attemptFolder, stateFolder } from './project-files.ts';

/**
 * Ends agents that run although nobody waits for them (E4): attempts whose end is already in the state, or which the
 * state never heard of because it was taken away. What they left in a worktree stays there. Only looked for when the
 * last run did not end by itself: an orderly end leaves none.
 */
export async function endOrphans(bench: Bench): Promise<void> {
  const { root, playbook } = bench.parts;
  const { status } = bench.state.run;
  if (status === 'ended') return;
  const expected = new Set(
    [...bench.state.effects.values()].flatMap((effect) =>
      effect.kind === 'attempt' ? [attemptFolder(root, effect.task, effect.fence)] : [],
    ),
  );
  const orphans = attemptFolders(root).filter((folder) => !expected.has(folder));
  await Promise.all(orphans.map((folder) => endOrphan(folder, playbook.limits.graceMs)));
}

async function endOrphan(folder: string, graceMs: number): Promise<void> {
  const found = findDetached(folder);
  if (found.state === 'running') await processTree(found.marker, found.identity).end({ graceMs });
}

function attemptFolders(root: string): string[] {
  const attempts = path.join(stateFolder(root), 'attempts');
  return folders(attempts).flatMap(folders);
}

function folders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
}
