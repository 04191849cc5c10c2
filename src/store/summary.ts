import type { TaskId } from '../core/fact.ts';
import type { Task, TaskStatus } from '../core/task.ts';

/** What lists of tasks show of one, in the form in which it is printed as JSON. */
export interface TaskSummary {
  readonly id: TaskId;
  readonly title: string;
  readonly status: TaskStatus;
  readonly ledgerStatus: string;
  readonly kind: string | null;
  readonly labels: readonly string[];
  readonly priority: number;
  readonly phase: string | null;
  readonly group: string | null;
  readonly parent: TaskId | null;
  readonly dependsOn: readonly TaskId[];
  readonly repo: string | null;
  readonly branch: string | null;
}

export function taskSummary({ id, status, group, branch, fact }: Task): TaskSummary {
  return {
    id,
    title: fact.title,
    status,
    ledgerStatus: fact.ledgerStatus,
    kind: fact.kind,
    labels: fact.labels,
    priority: fact.priority,
    phase: fact.phase,
    group: group ?? fact.group,
    parent: fact.parent,
    dependsOn: fact.dependsOn,
    repo: fact.repo,
    branch: branch ?? fact.branch,
  };
}
