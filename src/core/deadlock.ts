import type { TaskId } from './fact.ts';
import type { GroupRow } from './rows.ts';
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
  /** What waiting tasks depend on and what no release can bring: tasks that do not exist, or not in the active phase. */
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
  const cycle = findCycle(graph, waiting);
  const release = held.filter((task) => holdsOthers(state, task)).map((task) => task.id);
  const stuck = release.length > 0 ? release : held.filter((task) => task.status === 'blocked').map((task) => task.id);
  const unreachable = findUnreachable(state, [...waiting, ...held]);
  const cause = { cycle, release: stuck, waiting: waiting.map((task) => task.id), unreachable };
  return { ...cause, text: sentence(state, cause) };
}

function isRelevant({ run }: State, task: Task): boolean {
  return run.activePhase === null || task.fact.phase === run.activePhase;
}

/** A waiting task depends on it, or its phase or group cannot pass because of it. */
function holdsOthers(state: State, task: Task): boolean {
  for (const id of state.index.dependents.get(task.id) ?? []) {
    if (findTask(state, id)?.status === 'waiting') return true;
  }
  const { phase } = task.fact;
  if (state.playbook.admission.phases.by !== 'none' && phase !== null && pendingAfter(state, 'phase', phase))
    return true;
  const { unit, barrier } = state.playbook.admission;
  return unit === 'group' && barrier === 'done' && task.group !== null && pendingAfter(state, 'group', task.group);
}

function pendingAfter(state: State, kind: 'phase' | 'group', name: string): boolean {
  const own = state.groups.get(groupKey(kind, name));
  if (own === undefined || own.status === 'passed') return false;
  for (const other of state.groups.values()) {
    if (other.kind === kind && other.index > own.index && other.undone > 0) return true;
  }
  return false;
}

function findUnreachable(state: State, tasks: readonly Task[]): readonly TaskId[] {
  const found = new Set<TaskId>();
  for (const task of tasks) {
    if (isEmpty(state, task)) found.add(task.id);
    for (const id of state.index.dependencies.get(task.id) ?? []) {
      const dependency = findTask(state, id);
      if (dependency === undefined || (dependency.status === 'waiting' && !isRelevant(state, dependency)))
        found.add(id);
    }
  }
  return [...found];
}

/** A container that nothing is in yet: what would close it does not exist. */
function isEmpty(state: State, task: Task): boolean {
  return wayOf(state, task).container && (state.index.children.get(task.id)?.size ?? 0) === 0;
}

/** What a node waits for. Nodes are tasks, and the barriers that are closed to them: those wait for the open one before. */
type Graph = (node: string) => readonly string[];

function createGraph(state: State): Graph {
  const before = (key: string): readonly string[] => {
    const closed = state.groups.get(key);
    const open = closed === undefined ? undefined : firstUnpassed(state, closed.kind);
    if (closed === undefined || open === undefined || open === closed) return [];
    const isDoneWanted = open.kind === 'phase' || state.playbook.admission.barrier === 'done';
    const members = [...(state.index.members.get(groupKey(open.kind, open.name)) ?? [])];
    return members.filter((id) => {
      const task = findTask(state, id);
      return task !== undefined && task.status !== 'done' && (isDoneWanted || !isHeldUp(task));
    });
  };
  return (node) => {
    const task = findTask(state, node);
    if (task === undefined) return before(node);
    const dependencies = state.index.dependencies.get(node) ?? [];
    const isOpen = (id: TaskId): boolean => (findTask(state, id)?.status ?? 'done') !== 'done';
    return [...dependencies.filter(isOpen), ...closedBarriers(state, task)];
  };
}

function firstUnpassed(state: State, kind: GroupRow['kind']): GroupRow | undefined {
  const open = [...state.groups.values()].filter((group) => group.kind === kind && group.status !== 'passed');
  return open.sort((a, b) => a.index - b.index)[0];
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
    const why =
      task === undefined ? 'does not exist' : isEmpty(state, task) ? 'holds nothing yet' : 'is not in the active phase';
    named.push(`${id} (which ${why})`);
  }
  if (waiting.length === 0) {
    return named.length === 0 ? 'nothing else can run' : `nothing else can run; held up: ${named.join(', ')}`;
  }
  const count = `${waiting.length} ${waiting.length === 1 ? 'task waits' : 'tasks wait'}`;
  return named.length === 0 ? `${count} for a person` : `${count} for ${named.join(', ')}`;
}
