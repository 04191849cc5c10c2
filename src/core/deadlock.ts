import type { TaskId } from './fact.ts';
import { findTask, groupKey, type State, wayOf } from './state.ts';
import { closedBarriers, isHeldUp } from './status.ts';
import { HELD_UP, type Task } from './task.ts';

/** Why a run that is not done cannot go on (E10). */
export interface DeadlockCause {
  /** Tasks that wait for each other, in order: by dependencies, or because a phase or group comes later; null: none do. */
  readonly cycle: readonly TaskId[] | null;
  /** Failed, blocked, escalated and cancelled tasks that hold others: the smallest set whose release frees all. */
  readonly release: readonly TaskId[];
  /** Tasks that wait. */
  readonly waiting: readonly TaskId[];
  /** What waiting tasks depend on and what no release can bring: tasks that do not exist, or that this run is not about. */
  readonly unreachable: readonly TaskId[];
  readonly text: string;
}

/** Looks at every task once; asked only when a run has ended, or by a person. null: nothing waits. */
export function deadlockCause(state: State): DeadlockCause | null {
  const relevant = [...state.tasks.values()].filter((task) => isRelevant(state, task));
  const waiting = relevant.filter((task) => task.status === 'waiting');
  const held = [...state.tasks.values()].filter((task) => HELD_UP.has(task.status));
  if (waiting.length === 0 && held.length === 0) return null;
  const graph = createGraph(state);
  const blocked = held.filter((task) => task.status === 'blocked');
  const cycle = findCycle(graph, [...waiting, ...blocked]);
  const named = heldBehind(graph, waiting, held);
  // Nothing waits for them, and yet only a person can let them go on.
  const release = named.length > 0 ? named : heldBehind(graph, blocked, held);
  const unreachable = findUnreachable(state, [...waiting, ...held]);
  const cause = { cycle, release, waiting: waiting.map((task) => task.id), unreachable };
  return { ...cause, text: sentence(state, cause) };
}

/** Not begun: would start by itself, were it in what the run is about. */
const OPEN: ReadonlySet<Task['status']> = new Set(['waiting', 'ready']);

function isRelevant({ run }: State, task: Task): boolean {
  if (run.only !== null && !run.only.includes(task.id)) return false;
  return run.activePhase === null || task.fact.phase === run.activePhase;
}

/** Held up tasks among these and among what they wait for: each has to be released, or the rest can never start. */
function heldBehind(graph: Graph, tasks: readonly Task[], held: readonly Task[]): readonly TaskId[] {
  const awaited = reach(graph, tasks);
  return held.filter((task) => awaited.has(task.id) || tasks.includes(task)).map((task) => task.id);
}

/** Everything that tasks wait for, directly or by way of others. */
function reach(graph: Graph, tasks: readonly Task[]): ReadonlySet<string> {
  const found = new Set<string>();
  const work = tasks.map((task): string => task.id);
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    for (const other of graph(node)) {
      if (found.has(other)) continue;
      found.add(other);
      work.push(other);
    }
  }
  return found;
}

function findUnreachable(state: State, tasks: readonly Task[]): readonly TaskId[] {
  const found = new Set<TaskId>();
  for (const task of tasks) {
    if (isEmpty(state, task)) found.add(task.id);
    for (const id of state.index.dependencies.get(task.id) ?? []) {
      const dependency = findTask(state, id);
      if (dependency === undefined || (OPEN.has(dependency.status) && !isRelevant(state, dependency))) found.add(id);
    }
  }
  return [...found];
}

/** A container that nothing is in yet: what would close it does not exist. */
function isEmpty(state: State, task: Task): boolean {
  return wayOf(state, task).container && (state.index.children.get(task.id)?.size ?? 0) === 0;
}

/** What a node waits for. Nodes are tasks, and the barriers that are closed to them: those wait for the ones before. */
type Graph = (node: string) => readonly string[];

function createGraph(state: State): Graph {
  const before = barriersBefore(state);
  return (node) => {
    const task = findTask(state, node);
    if (task === undefined) return before(node);
    const dependencies = state.index.dependencies.get(node) ?? [];
    const isOpen = (id: TaskId): boolean => (findTask(state, id)?.status ?? 'done') !== 'done';
    return [...dependencies.filter(isOpen), ...closedBarriers(state, task)];
  };
}

/** A closed barrier waits for the one before it: for its members, and for what that waits for itself. */
function barriersBefore(state: State): Graph {
  const rows = [...state.groups.values()].filter((group) => group.status !== 'passed');
  rows.sort((a, b) => a.index - b.index);
  return (key) => {
    const own = state.groups.get(key);
    const previous =
      own === undefined ? undefined : rows.findLast((row) => row.kind === own.kind && row.index < own.index);
    if (previous === undefined) return [];
    const isDoneWanted = previous.kind === 'phase' || state.playbook.admission.barrier === 'done';
    const previousKey = groupKey(previous.kind, previous.name);
    const members = [...(state.index.members.get(previousKey) ?? [])].filter((id) => {
      const task = findTask(state, id);
      return task !== undefined && task.status !== 'done' && (isDoneWanted || !isHeldUp(task));
    });
    return [...members, previousKey];
  };
}

/** Depth first; the first way back into the path is a cycle. Of its nodes the tasks are told. */
function findCycle(graph: Graph, waiting: readonly Task[]): readonly TaskId[] | null {
  const seen = new Set<string>();
  for (const start of waiting) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const work: { readonly node: string; readonly leave: boolean }[] = [{ node: start.id, leave: false }];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const { node, leave } = next;
      if (leave) {
        onPath.delete(node);
        path.pop();
        continue;
      }
      if (onPath.has(node)) return path.slice(path.indexOf(node)).filter((id) => !isBarrier(id));
      if (seen.has(node)) continue;
      seen.add(node);
      onPath.add(node);
      path.push(node);
      work.push({ node, leave: true });
      for (const other of graph(node)) work.push({ node: other, leave: false });
    }
  }
  return null;
}

/** Barrier keys have a colon, which ids never have (S1). */
function isBarrier(node: string): boolean {
  return node.includes(':') || node === 'active';
}

function sentence(state: State, { cycle, release, waiting, unreachable }: Omit<DeadlockCause, 'text'>): string {
  if (cycle !== null) return `these tasks wait for each other in a circle: ${[...cycle, cycle[0]].join(' -> ')}`;
  const named = release.map((id) => {
    const task = findTask(state, id);
    return `${id} (${task?.status}${task?.failure ? `: ${task.failure.text}` : ''})`;
  });
  for (const id of unreachable) {
    const task = findTask(state, id);
    named.push(`${id} (which ${whyUnreachable(state, id, task)})`);
  }
  if (waiting.length === 0) {
    return named.length === 0 ? 'nothing else can run' : `nothing else can run; held up: ${named.join(', ')}`;
  }
  const count = `${waiting.length} ${waiting.length === 1 ? 'task waits' : 'tasks wait'}`;
  return named.length === 0 ? `${count} for a person` : `${count} for ${named.join(', ')}`;
}

function whyUnreachable(state: State, id: TaskId, task: Task | undefined): string {
  if (task === undefined) return 'does not exist';
  if (isEmpty(state, task)) return 'holds nothing yet';
  const isLeftOut = state.run.only !== null && !state.run.only.includes(id);
  return isLeftOut ? 'this run was told to leave out' : 'is not in the active phase';
}
