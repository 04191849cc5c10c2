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
  readonly haltItem: string | null;
  readonly isHalted: boolean;
  /** Status of the barriers, by key. */
  readonly groups: ReadonlyMap<string, string>;
}

export interface TaskBefore {
  readonly status: TaskStatus;
  readonly fence: number;
  readonly attempts: number;
  readonly stage: number;
  readonly spent: number;
  readonly free: Readonly<Record<'handoff' | 'park' | 'blocker' | 'lost', number>>;
  readonly stopping: string | null;
  /** What a blocked task named. */
  readonly blockedBy: readonly TaskId[];
  readonly isOverridden: boolean;
  readonly flight: string | null;
  readonly commit: string | null;
  /** As the ledger spells it. */
  readonly word: string;
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
      stopping: task.stopping,
      blockedBy: task.hold?.why === 'blocker' ? task.hold.by : [],
      isOverridden: task.override !== null,
      flight,
      commit,
      word: task.fact.ledgerStatus,
    });
  }
  return {
    tasks,
    effects: new Set(state.effects.keys()),
    waves: [...state.groups.values()].filter((group) => group.kind === 'wave').length,
    runStatus: state.run.status,
    currentParent: state.run.currentParent,
    haltItem: state.run.halt?.item ?? null,
    isHalted: state.run.halt !== null,
    groups: new Map([...state.groups].map(([key, group]) => [key, group.status])),
  };
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
