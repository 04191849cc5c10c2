import type { TaskFact, TaskId } from '../core/fact.ts';
import type { Playbook } from '../core/playbook.ts';
import { InvariantError } from '../core/state.ts';
import type { Bench } from './bench.ts';

/** What the ledger says about the task of an effect. A removed row stays in the state while an effect of it is in flight. */
export function taskFact(bench: Bench, id: TaskId): TaskFact {
  const task = bench.state.tasks.get(id);
  if (task === undefined) throw new InvariantError(`an effect is outstanding for ${id}, which is not in the state`);
  return task.fact;
}

/** The name by which the workspaces know the task's repository (T11); null: the project's own. */
export function repoName(playbook: Playbook, fact: TaskFact): string | null {
  return Object.keys(playbook.repos).length === 0 ? null : fact.repo;
}
