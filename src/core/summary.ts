import { deadlockCause } from './deadlock.ts';
import type { TaskId } from './fact.ts';
import { openItems } from './inbox.ts';
import { readyInOrder } from './ready.ts';
import type { InboxItem } from './rows.ts';
import { type State, wayOf } from './state.ts';
import type { Task } from './task.ts';
import { usedTokens } from './view.ts';

/** The four lines of the seed's session summary (T10; seeds/3-task-table.md, Compaction Protocol), as data. */
export interface Summary {
  readonly completed: readonly { readonly id: TaskId; readonly usedTokens: number; readonly estimate: number | null }[];
  /** By a person: nobody did them. */
  readonly skipped: readonly TaskId[];
  readonly quality: {
    readonly gatesPassed: number;
    /** Completed, and not at the first attempt. */
    readonly repaired: readonly TaskId[];
    readonly failed: readonly { readonly id: TaskId; readonly text: string }[];
  };
  readonly remaining: readonly { readonly id: TaskId; readonly status: Task['status'] }[];
  /** What this run was about, when it was not about all tasks; null: about all. */
  readonly chosen: { readonly by: 'selection' | 'phase'; readonly done: number } | null;
  /** What a person must do before anything can go on, oldest first. */
  readonly asked: readonly Asked[];
  /** Tasks that come next when nobody is waited for. */
  readonly next: readonly TaskId[];
  /** Why nothing more can run, when tasks are left; null: nothing is in the way, or nothing is left. */
  readonly cause: string | null;
}

export interface Asked {
  readonly what: InboxItem['kind'] | 'halt' | 'ledger';
  /** Of the inbox; null: it is not in it. */
  readonly item: string | null;
  /** Task, group or phase; null: the run as a whole. */
  readonly about: string | null;
  /** What is wrong is outside, and the next run finds out whether it still is; else it takes an answer. */
  readonly isMended: boolean;
}

export function summary(state: State): Summary {
  const tasks = [...state.tasks.values()].sort((a, b) => a.fact.order - b.fact.order);
  const done = tasks.filter((task) => task.status === 'done' && task.fence > 0 && !task.isSkipped);
  const failed = tasks.filter((task) => task.status === 'failed');
  const left = tasks.filter((task) => task.status !== 'done' && task.status !== 'cancelled');
  return {
    completed: done.map((task) => ({ id: task.id, usedTokens: usedTokens(task.usage), estimate: task.fact.estimate })),
    skipped: tasks.filter((task) => task.status === 'done' && task.isSkipped).map((task) => task.id),
    quality: {
      gatesPassed: done.length,
      repaired: done.filter((task) => isRepaired(state, task)).map((task) => task.id),
      failed: failed.map((task) => ({ id: task.id, text: failureText(task) })),
    },
    remaining: left.map((task) => ({ id: task.id, status: task.status })),
    chosen: chosenOf(state, tasks),
    asked: askedOf(state),
    next: readyInOrder(state).slice(0, 3),
    cause: left.length === 0 ? null : (deadlockCause(state)?.text ?? null),
  };
}

/** A done task was once at each stage of its way: what is over that were further attempts. */
function isRepaired(state: State, task: Task): boolean {
  const stages = wayOf(state, task).stages.filter((stage) => stage.do === 'agent').length;
  return task.attempts > Math.max(1, stages);
}

function failureText({ failure }: Task): string {
  return failure === null ? 'the ledger says so' : `${failure.class}: ${failure.text}`;
}

function chosenOf({ run }: State, tasks: readonly Task[]): Summary['chosen'] {
  const { only, activePhase } = run;
  if (only === null && activePhase === null) return null;
  const own = tasks.filter((task) => (only === null ? task.fact.phase === activePhase : only.includes(task.id)));
  const done = own.filter((task) => task.status === 'done').length;
  return { by: only === null ? 'phase' : 'selection', done };
}

function askedOf(state: State): readonly Asked[] {
  const { halt, brokenLedger } = state.run;
  const items = openItems(state).map(({ id, kind, task, of }) => ({
    what: kind,
    item: id,
    about: task ?? of,
    isMended: id === halt?.item,
  }));
  const isInInbox = items.some(({ item }) => item === halt?.item);
  return [
    ...(brokenLedger === null ? [] : [{ what: 'ledger' as const, item: null, about: null, isMended: true }]),
    ...(halt === null || isInInbox ? [] : [{ what: 'halt' as const, item: null, about: null, isMended: true }]),
    ...items,
  ];
}
