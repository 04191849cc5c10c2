import type { PushEffect } from '../../core/effect.ts';
import { crashPoint } from '../../process/crash-point.ts';
import { type Bench, done, type Performed } from '../bench.ts';
import { repoName, taskFact } from '../fact.ts';
import { openPullRequest } from '../pull-request.ts';

/** Pushes exactly the verified commit to the task's branch (T6), then runs the project's `pr` command, if it has one. */
export async function performPush(bench: Bench, effect: PushEffect): Promise<Performed<'push'>> {
  const { playbook, workspaces } = bench.parts;
  const fact = taskFact(bench, effect.task);
  if (playbook.git.push && playbook.git.remote !== null) {
    crashPoint('push:before');
    const { task, branch, commit } = effect;
    const failure = await workspaces.push({ task, repo: repoName(playbook, fact), branch, commit });
    crashPoint('push:after');
    if (failure !== null) return done({ kind: 'push', failure });
  }
  await openPullRequest(bench.parts, fact, effect);
  return done({ kind: 'push', failure: null });
}
