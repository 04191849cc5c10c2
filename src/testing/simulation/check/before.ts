import type { TaskId } from '../../../core/fact.ts';
import type { TaskStatus } from '../../../core/task.ts';
import type { Life } from '../life.ts';

/** What the checkers compare an event's outcome with. */
export interface Before {
  readonly tasks: ReadonlyMap<TaskId, TaskBefore>;
  readonly effects: ReadonlySet<string>;
  readonly waves: number;
  readonly runStatus: string;
  readonly currentParent: TaskId | null;
}

export interface TaskBefore {
  readonly status: TaskStatus;
  readonly fence: number;
  readonly attempts: number;
  readonly stage: number;
  readonly spent: number;
  readonly free: Readonly<Record<'handoff' | 'park' | 'blocker' | 'lost', number>>;
  readonly isStopping: boolean;
  readonly isOverridden: boolean;
  readonly flight: string | null;
  readonly commit: string | null;
}

export function before({ state }: Life): Before {
  const tasks = new Map<TaskId, TaskBefore>();
  for (const task of state.tasks.values()) {
    const { id, status, fence, attempts, stage, spent, free, flight, commit } = task;
    tasks.set(id, {
      status,
      fence,
      attempts,
      stage,
      spent: sum(spent),
      free: { ...free },
      isStopping: task.stopping !== null,
      isOverridden: task.override !== null,
      flight,
      commit,
    });
  }
  return {
    tasks,
    effects: new Set(state.effects.keys()),
    waves: [...state.groups.values()].filter((group) => group.kind === 'wave').length,
    runStatus: state.run.status,
    currentParent: state.run.currentParent,
  };
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
