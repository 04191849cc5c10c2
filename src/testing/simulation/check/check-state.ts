import type { GroupRow } from '../../../core/rows.ts';
import type { Task } from '../../../core/task.ts';
import { type Life, require } from '../life.ts';
import { childrenOf, isHeld, isResting, isSettled, membersOf, naiveDependencies, naiveWaits } from './naive.ts';

/** Everything the core keeps up to date by differences equals what looking at all rows gives. */
export function checkState(life: Life): void {
  const { state } = life;
  checkCounts(life);
  for (const task of state.tasks.values()) checkTask(life, task);
  for (const group of state.groups.values()) checkGroup(life, group);
  checkOrder(life, 'phase', state.run.phases);
  checkOrder(life, 'group', state.run.groups);
  checkQueue(life);
  checkHeld(life);
  checkInbox(life);
}

function checkCounts(life: Life): void {
  const { index, tasks } = life.state;
  const counts = new Map<string, number>();
  for (const task of tasks.values()) counts.set(task.status, (counts.get(task.status) ?? 0) + 1);
  for (const [status, count] of Object.entries(index.counts)) {
    const naive = counts.get(status) ?? 0;
    require(life, count === naive, 'counters', () => `${count} tasks are counted as ${status}, but ${naive} are`);
  }
  const flying = [...tasks.values()].filter((task) => task.flight !== null).map((task) => task.id);
  require(life, sameSet(flying, index.inFlight), 'counters', () =>
    `in flight are ${flying}, not ${[...index.inFlight]}`);
  const resting = [...tasks.values()].filter((task) => isResting(life.state, task)).map((task) => task.id);
  require(life, sameSet(resting, index.resting), 'counters', () => `resting are ${resting}, not ${[...index.resting]}`);
}

function checkTask(life: Life, task: Task): void {
  const { state } = life;
  const { id, status } = task;
  const dependencies = naiveDependencies(state, task);
  const edges = state.index.dependencies.get(id) ?? [];
  require(life, sameSet(edges, dependencies), 'counters', () => `${id} depends on ${[...dependencies]}, not ${edges}`);
  let open = 0;
  let held = 0;
  for (const other of dependencies) {
    const dependency = state.tasks.get(other);
    if (dependency?.status !== 'done') open += 1;
    if (dependency !== undefined && isHeld(dependency)) held += 1;
    const isBack = state.index.dependents.get(other)?.has(id) === true;
    require(life, isBack, 'counters', () => `${other} does not know that ${id} depends on it`);
  }
  require(life, task.openDeps === open, 'counters', () => `${id} has ${open} open dependencies, not ${task.openDeps}`);
  require(life, task.heldDeps === held, 'counters', () => `${id} has ${held} held dependencies, not ${task.heldDeps}`);
  const children = childrenOf(state, id).map((child) => child.id);
  const known = state.index.children.get(id) ?? new Set<string>();
  require(life, sameSet(children, known), 'counters', () => `${id} has the children ${children}, not ${[...known]}`);
  if (status !== 'waiting' && status !== 'ready') return;
  const waits = naiveWaits(state, task);
  const isRight = (status === 'ready') === (waits.length === 0);
  require(life, isRight, 'ready-set', () => `${id} is ${status}, but waits for: ${waits.join(', ') || 'nothing'}`);
}

function checkGroup(life: Life, group: GroupRow): void {
  const { state } = life;
  const members = membersOf(state, group);
  const name = `${group.kind} ${group.name}`;
  const unsettled = members.filter((task) => !isSettled(task)).length;
  const undone = members.filter((task) => task.status !== 'done').length;
  require(life, group.members === members.length, 'counters', () =>
    `${name} has ${members.length} members, not ${group.members}`);
  require(life, group.unsettled === unsettled, 'counters', () =>
    `${name} has ${unsettled} unsettled, not ${group.unsettled}`);
  require(life, group.undone === undone, 'counters', () => `${name} has ${undone} undone, not ${group.undone}`);
  const known = state.index.members.get(`${group.kind}:${group.name}`) ?? new Set<string>();
  const ids = members.map((task) => task.id);
  require(life, sameSet(ids, known), 'counters', () => `${name} has the members ${ids}, not ${[...known]}`);
  if (group.kind === 'wave') {
    require(life, members.length <= state.playbook.admission.waveSize, 'W2', () =>
      `${name} has ${members.length} members`);
    const isOver = unsettled === 0;
    require(life, isOver === (group.status === 'closing'), 'W2', () =>
      `${name} is ${group.status} with ${unsettled} unsettled`);
  }
  const { effect, item } = group;
  const isAwaited = effect === null || state.effects.has(effect);
  require(life, isAwaited, 'P3', () => `${name} waits for ${effect}, which is not outstanding`);
  const isAsked = item === null || state.inbox.get(item)?.closedAt === null;
  require(life, isAsked, 'P3', () => `${name} waits for ${item}, which is answered`);
  require(life, group.status === 'closing' || (effect === null && item === null), 'P3', () =>
    `${name} is ${group.status} and has a step`);
}

/** Barriers in order: those that passed, then at most one that is at work, then those that wait (P3). */
function checkOrder(life: Life, kind: 'phase' | 'group', names: readonly string[]): void {
  const { state } = life;
  const { admission } = state.playbook;
  if (kind === 'phase' ? admission.phases.by === 'none' : admission.unit !== 'group') return;
  let isShut = false;
  for (const name of names) {
    const group = state.groups.get(`${kind}:${name}`);
    if (group === undefined) {
      require(life, false, 'P3', () => `${kind} ${name} has no row`);
      return;
    }
    const isDone = kind === 'phase' || admission.barrier === 'done';
    const isFulfilled = (isDone ? group.undone : group.unsettled) === 0;
    const wanted = isShut ? ['pending'] : isFulfilled ? ['closing', 'passed'] : ['open'];
    require(life, wanted.includes(group.status), 'P3', () =>
      `${kind} ${name} is ${group.status}, not ${wanted.join(' or ')}`);
    if (group.status !== 'passed') isShut = true;
  }
}

function checkQueue(life: Life): void {
  const { state } = life;
  const queued = [...state.tasks.values()].filter((task) => task.queuedAt !== null);
  const ids = queued.sort((a, b) => (a.queuedAt ?? 0) - (b.queuedAt ?? 0)).map((task) => task.id);
  const { queue } = state.index;
  require(life, ids.join() === queue.join(), 'M2', () => `the merge queue is ${ids}, not ${queue}`);
  for (const task of queued)
    require(life, task.status === 'queued' || task.status === 'gating', 'M2', () =>
      `${task.id} is ${task.status} in the queue`);
  const flying = queued.filter((task) => task.flight !== null);
  require(life, flying.length <= 1, 'M2', () => `${flying.map((task) => task.id)} land at the same time`);
}

/** I3: nobody is asked about what does not wait for an answer any more. */
function checkInbox(life: Life): void {
  const { state } = life;
  for (const item of state.inbox.values()) {
    if (item.closedAt !== null) continue;
    const { id, task, of } = item;
    const isAwaited = of === null || state.groups.get(of)?.item === id;
    require(life, isAwaited, 'I3', () => `${id} is open, and ${of} does not wait for it`);
    const hold = task === null ? null : state.tasks.get(task)?.hold;
    const isHeldBy = hold === null || (hold?.why === 'escalation' && hold.item === id);
    require(life, isHeldBy, 'I3', () => `${id} is open, and ${task} does not wait for it`);
  }
}

function checkHeld(life: Life): void {
  const { state } = life;
  const holders = new Map<string, string>();
  for (const task of state.tasks.values()) {
    for (const name of task.holds) {
      require(life, !holders.has(name), 'E5', () => `${name} is held by ${task.id} and ${holders.get(name)}`);
      holders.set(name, task.id);
    }
  }
  for (const [name, holder] of holders) {
    const known = state.index.held.get(name);
    require(life, known === holder, 'counters', () => `${name} is held by ${holder}, not ${known}`);
  }
  require(life, holders.size === state.index.held.size, 'counters', () => 'a resource is held that no task holds');
}

function sameSet(a: Iterable<string>, b: Iterable<string>): boolean {
  const left = new Set(a);
  const right = new Set(b);
  return left.size === right.size && left.isSubsetOf(right);
}
