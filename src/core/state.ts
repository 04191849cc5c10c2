import type { Effect, Signal } from './effect.ts';
import type { TaskId } from './fact.ts';
import { createHeap, type Heap } from './heap.ts';
import type { Playbook, Stage, Way } from './playbook.ts';
import type { GroupRow, InboxItem, JournalNote, RunRow, Snapshot } from './rows.ts';
import type { Task } from './task.ts';

/**
 * The state of one project. `step` owns it and changes it in place: copying maps of 10,000 tasks for each event costs
 * more than the event (DESIGN trap 14). What an event changed is collected in `touched` and returned as rows.
 */
export interface State {
  readonly playbook: Playbook;
  readonly run: RunRow;
  readonly tasks: Map<TaskId, Task>;
  /** By `groupKey`. */
  readonly groups: Map<string, GroupRow>;
  readonly inbox: Map<string, InboxItem>;
  readonly effects: Map<string, Effect>;
  readonly index: Index;
  touched: Touched;
  /** Rows reached so far: the measure of work per event, for tests and the benchmark. */
  visited: number;
}

/** Derived from the rows when they are loaded, kept up to date with every change, never stored. */
export interface Index {
  /** Task -> tasks whose effective dependencies name it (children's containers included). */
  readonly dependents: Map<TaskId, Set<TaskId>>;
  /** Task -> effective dependencies: its own, its ancestors', and for containers their children. */
  readonly dependencies: Map<TaskId, readonly TaskId[]>;
  readonly children: Map<TaskId, Set<TaskId>>;
  /** Barrier key -> members. */
  readonly members: Map<string, Set<TaskId>>;
  /** Ready tasks in dispatch order; entries go stale when a task leaves or changes rank. */
  readonly ready: Heap<ReadyEntry>;
  /** Version of the live heap entry of a task. */
  readonly rank: Map<TaskId, number>;
  /** What ready tasks were set aside for -> their entries; and which of those names are free again. */
  readonly waiters: Map<string, Heap<ReadyEntry>>;
  readonly free: Set<string>;
  /** Exclusive resource -> holder. */
  readonly held: Map<string, TaskId>;
  readonly inFlight: Set<TaskId>;
  /** Tasks the ledger says are in progress that wait for their next attempt, or for a person. */
  readonly resting: Set<TaskId>;
  /** Tasks in the merge queue, oldest first. */
  readonly queue: TaskId[];
  readonly counts: Record<Task['status'], number>;
  /** Outstanding effects that could not be performed in this life; the next run tries again. */
  readonly stuck: Set<string>;
  /** Discovered blockers -> the blocked tasks that wait for them (C7). */
  readonly blockers: Map<TaskId, Set<TaskId>>;
  /** Blocked tasks whose blockers may all be done by now: looked at before the next dispatch. */
  readonly wakes: Set<TaskId>;
  /** Begun tasks that have to wait again: their resources are freed before the next dispatch. */
  readonly stranded: Set<TaskId>;
  /** Containers whose last child is done. */
  readonly closable: Set<TaskId>;
  /** Barriers whose counters changed: looked at before the next dispatch. */
  readonly dirty: Set<string>;
}

export interface ReadyEntry {
  readonly id: TaskId;
  readonly version: number;
  readonly rank: readonly (number | string)[];
}

export interface Touched {
  run: boolean;
  readonly tasks: Set<TaskId>;
  readonly removedTasks: Set<TaskId>;
  readonly groups: Set<string>;
  readonly removedGroups: Set<string>;
  readonly inbox: Set<string>;
  readonly newEffects: Map<string, Effect>;
  readonly endedEffects: Set<string>;
  readonly notes: JournalNote[];
  readonly signals: Signal[];
}

export function emptyTouched(): Touched {
  return {
    run: false,
    tasks: new Set(),
    removedTasks: new Set(),
    groups: new Set(),
    removedGroups: new Set(),
    inbox: new Set(),
    newEffects: new Map(),
    endedEffects: new Set(),
    notes: [],
    signals: [],
  };
}

export function emptyRun(): RunRow {
  return {
    status: 'idle',
    outcome: null,
    seq: 0,
    limit: null,
    only: null,
    startedAt: null,
    now: 0,
    halt: null,
    brokenLedger: null,
    groups: [],
    phases: [],
    activePhase: null,
    parks: {},
    preflight: { passedAt: null, failingSince: null, checkedAt: null, text: null },
    waves: 0,
    groupsSinceCheckpoint: 0,
    items: 0,
    retired: {},
    currentParent: null,
    tokens: 0,
    costUsd: 0,
    closing: null,
  };
}

export function emptyIndex(compare: (a: ReadyEntry, b: ReadyEntry) => number): Index {
  return {
    dependents: new Map(),
    dependencies: new Map(),
    children: new Map(),
    members: new Map(),
    ready: createHeap(compare),
    rank: new Map(),
    waiters: new Map(),
    free: new Set(),
    resting: new Set(),
    held: new Map(),
    inFlight: new Set(),
    queue: [],
    counts: {
      waiting: 0,
      ready: 0,
      running: 0,
      gating: 0,
      queued: 0,
      done: 0,
      failed: 0,
      blocked: 0,
      escalated: 0,
      cancelled: 0,
    },
    stuck: new Set(),
    blockers: new Map(),
    wakes: new Set(),
    stranded: new Set(),
    closable: new Set(),
    dirty: new Set(),
  };
}

/** A task that must exist: a missing one is a broken invariant. Counts the visit. */
export function taskOf(state: State, id: TaskId): Task {
  const task = findTask(state, id);
  if (task === undefined) throw new InvariantError(`there is no task ${id}`);
  return task;
}

export function findTask(state: State, id: TaskId): Task | undefined {
  state.visited += 1;
  return state.tasks.get(id);
}

export function touch(state: State, task: Task): void {
  state.touched.tasks.add(task.id);
}

export function touchRun(state: State): RunRow {
  state.touched.run = true;
  return state.run;
}

export function wayOf(state: State, task: Task): Way {
  const way = state.playbook.ways[task.way];
  if (way === undefined)
    throw new InvariantError(`task ${task.id} is on way ${task.way}, which the playbook does not have`);
  return way;
}

/** The stage the task is at; undefined when all are behind it. */
export function stageOf(state: State, task: Task): Stage | undefined {
  return wayOf(state, task).stages[task.stage];
}

export function groupKey(kind: GroupRow['kind'], name: string): string {
  return `${kind}:${name}`;
}

export function snapshotOf(state: State): Snapshot {
  return {
    run: state.run,
    tasks: [...state.tasks.values()].sort((a, b) => a.fact.order - b.fact.order || (a.id < b.id ? -1 : 1)),
    groups: [...state.groups.values()],
    inbox: [...state.inbox.values()],
    effects: [...state.effects.values()],
  };
}

/** Effects that were decided and not yet reported as ended: what a new life performs first (E2). */
export function outstanding(state: State): readonly Effect[] {
  return [...state.effects.values()];
}

/** Says in the journal what was decided and why. */
export function note(state: State, task: TaskId | null, code: string, text: string): void {
  state.touched.notes.push({ task, code, text });
}

/** Our own bug: the process stops without committing (exit 70). */
export class InvariantError extends Error {
  constructor(text: string) {
    super(`broken invariant: ${text}`);
    this.name = 'InvariantError';
  }
}

export function invariant(holds: boolean, text: string): asserts holds {
  if (!holds) throw new InvariantError(text);
}
