import { deadlockCause } from './deadlock.ts';
import { readyInOrder } from './ready.ts';
import type { State } from './state.ts';
import type { Task } from './task.ts';
import { usedTokens } from './view.ts';

/** The four lines of the seed's session summary (T10; seeds/3-task-table.md, Compaction Protocol), as data. */
export interface Summary {
  readonly completed: readonly { readonly id: string; readonly usedTokens: number; readonly estimate: number | null }[];
  readonly quality: {
    readonly gatesPassed: number;
    readonly failed: readonly { readonly id: string; readonly text: string }[];
  };
  readonly remaining: readonly { readonly id: string; readonly status: Task['status'] }[];
  readonly next: readonly string[];
  /** Why nothing more can run, when tasks are left; null: nothing is in the way, or nothing is left. */
  readonly cause: string | null;
}

export function summary(state: State): Summary {
  const tasks = [...state.tasks.values()].sort((a, b) => a.fact.order - b.fact.order);
  const done = tasks.filter((task) => task.status === 'done' && task.fence > 0);
  const failed = tasks.filter((task) => task.status === 'failed');
  const left = tasks.filter((task) => task.status !== 'done' && task.status !== 'cancelled');
  return {
    completed: done.map((task) => ({ id: task.id, usedTokens: usedTokens(task.usage), estimate: task.fact.estimate })),
    quality: {
      gatesPassed: done.length,
      failed: failed.map((task) => ({ id: task.id, text: task.failure?.text ?? 'the ledger says so' })),
    },
    remaining: left.map((task) => ({ id: task.id, status: task.status })),
    next: readyInOrder(state).slice(0, 3),
    cause: left.length === 0 ? null : (deadlockCause(state)?.text ?? null),
  };
}
