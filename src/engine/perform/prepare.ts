import type { PrepareEffect } from '../../core/effect.ts';
import { crashPoint } from '../../process/crash-point.ts';
import { type Bench, done, type Performed } from '../bench.ts';
import { repoName, taskFact } from '../fact.ts';
import { writePlace } from '../place-file.ts';
import { attemptFolder } from '../project-files.ts';

/** Makes the task's workspace ready for its next attempt: worktree, branch, dependencies merged in (T13, K4, K7). */
export async function performPrepare(bench: Bench, effect: PrepareEffect): Promise<Performed<'prepare'>> {
  const { root, playbook, workspaces } = bench.parts;
  const { task, fence, branch, mergeBase, deps } = effect;
  const repo = repoName(playbook, taskFact(bench, task));
  crashPoint('prepare:before');
  const prepared = await workspaces.prepare({ task, fence, repo, branch, mergeBase, deps });
  if (!prepared.ok) return done({ kind: 'prepare', failure: prepared.failure });
  await writePlace(attemptFolder(root, task, fence), prepared.place);
  crashPoint('prepare:after');
  return done({ kind: 'prepare', failure: null });
}
