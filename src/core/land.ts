import { fly } from './emit.ts';
import { enterQueue } from './merge-queue.ts';
import type { LandStage } from './playbook.ts';
import { InvariantError, type State } from './state.ts';
import { setStatus } from './status.ts';
import type { Task } from './task.ts';
import { branchOf, fillFact } from './way.ts';

/** Brings the work of a task to its target, as the stage says (section 6). */
export function land(state: State, task: Task, stage: LandStage): void {
  setStatus(state, task, 'queued');
  const commit = task.commit ?? '';
  switch (stage.how) {
    case 'push':
      fly(state, task, { kind: 'push', branch: task.branch ?? branchOf(state.playbook, task.fact), commit });
      return;
    case 'collect': {
      const branch = task.branch ?? branchOf(state.playbook, task.fact);
      const paths = stage.paths.map((path) => fillFact(path, task.fact, branch));
      fly(state, task, { kind: 'collect', commit, paths });
      return;
    }
    case 'merge':
      enterQueue(state, task);
      return;
    case 'none':
      throw new InvariantError(`${task.id} has nothing to land`);
  }
}
