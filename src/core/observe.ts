import { joinBarriers, leaveBarriers, nameBarriers } from './barrier.ts';
import type { LedgerDelta, TaskFact, TaskId } from './fact.ts';
import { adopt, descendants, drawEdges, recomputeDepth, recount } from './links.ts';
import { remove, takeOverride } from './override.ts';
import { enqueue } from './ready.ts';
import { findTask, note, type State, taskOf, touch, touchRun, wayOf } from './state.ts';
import { change } from './status.ts';
import type { Task } from './task.ts';
import { matchWay } from './way.ts';

/**
 * Folds what changed in the ledger into the state (section 4): new rows join, removed ones are cancelled, a person's
 * word about a task holds, and edges and barriers are drawn anew where they changed.
 */
export function observe(state: State, delta: LedgerDelta): void {
  const run = touchRun(state);
  const isShifted = run.activePhase !== delta.activePhase;
  if (isShifted) for (const task of state.tasks.values()) leaveBarriers(state, task);
  run.brokenLedger = null;
  run.groups = delta.groups;
  run.phases = delta.phases;
  run.activePhase = delta.activePhase;
  nameBarriers(state);
  const edges = new Set<TaskId>();
  const words: { readonly task: Task; readonly before: TaskFact | null }[] = [];
  for (const id of delta.gone) drop(state, id, edges);
  for (const fact of delta.put) words.push(put(state, fact, edges));
  // What it no longer depends on has a shorter chain behind it, too.
  const former = [...edges].flatMap((id) => state.index.dependencies.get(id) ?? []);
  for (const id of edges) {
    const task = findTask(state, id);
    if (task !== undefined) drawEdges(state, task);
  }
  for (const id of edges) {
    const task = findTask(state, id);
    if (task !== undefined) recount(state, task);
  }
  recomputeDepth(state, [...edges, ...former]);
  for (const { task, before } of words) takeWord(state, task, before);
  if (!isShifted) return;
  for (const task of state.tasks.values()) {
    if (task.override !== 'gone') joinBarriers(state, task);
    change(state, task, () => undefined);
  }
}

function newTask(state: State, fact: TaskFact): Task {
  const { unit } = state.playbook.admission;
  return {
    id: fact.id,
    fact,
    status: 'waiting',
    way: matchWay(state.playbook, fact),
    stage: 0,
    fence: state.run.retired[fact.id] ?? 0,
    ops: 0,
    flight: null,
    cleanup: null,
    settling: null,
    queuedAt: null,
    override: null,
    isSkipped: false,
    isLast: false,
    openDeps: 0,
    heldDeps: 0,
    depth: 0,
    group: unit === 'group' ? fact.group : null,
    holds: [],
    attempts: 0,
    spent: {},
    failures: {},
    visits: {},
    free: { handoff: 0, park: 0, blocker: 0, lost: 0 },
    next: { session: 'fresh', think: null, model: null, agent: null, evidence: [], handoff: null },
    failure: null,
    hold: null,
    stopping: null,
    deadline: null,
    note: null,
    mark: null,
    agent: null,
    session: null,
    branch: null,
    commit: null,
    candidate: null,
    landed: null,
    recorded: null,
    startedAt: null,
    completedAt: null,
    usage: { measuredTokens: 0, claimedTokens: null, costUsd: 0 },
  };
}

function put(
  state: State,
  fact: TaskFact,
  edges: Set<TaskId>,
): { readonly task: Task; readonly before: TaskFact | null } {
  const known = findTask(state, fact.id);
  if (known === undefined) {
    const task = newTask(state, fact);
    state.tasks.set(task.id, task);
    state.touched.removedTasks.delete(task.id);
    state.index.counts.waiting += 1;
    adopt(state, task);
    joinBarriers(state, task);
    edges.add(task.id);
    for (const id of state.index.dependents.get(task.id) ?? []) edges.add(id);
    spreadEdges(state, task, edges);
    touch(state, task);
    return { task, before: null };
  }
  const before = known.fact;
  const isBack = known.override === 'gone';
  // In progress was our own word: it starts over.
  if (isBack) known.override = fact.word === 'active' ? 'open' : fact.word;
  const way = known.attempts === 0 && known.flight === null ? matchWay(state.playbook, fact) : known.way;
  const isRerouted = way !== known.way;
  const isMoved = before.parent !== fact.parent;
  const isRegrouped = isBack || isRerouted || before.group !== fact.group || before.phase !== fact.phase;
  if (isMoved && before.parent !== null) state.index.children.get(before.parent)?.delete(known.id);
  if (isRegrouped) leaveBarriers(state, known);
  known.fact = fact;
  known.way = way;
  if (isMoved) {
    adopt(state, known);
    if (before.parent !== null) edges.add(before.parent);
  }
  if (isRegrouped) {
    if (state.playbook.admission.unit === 'group') known.group = fact.group;
    joinBarriers(state, known);
    touch(state, known);
  }
  if (isMoved || isRerouted || before.dependsOn.join('\n') !== fact.dependsOn.join('\n')) {
    edges.add(known.id);
    spreadEdges(state, known, edges);
  }
  change(state, known, () => undefined);
  if (known.status === 'ready') enqueue(state, known);
  return { task: known, before };
}

/** Edges that follow from this task's: its container's, and what inherits from it. */
function spreadEdges(state: State, task: Task, edges: Set<TaskId>): void {
  if (task.fact.parent !== null) edges.add(task.fact.parent);
  for (const id of descendants(state, task.id)) edges.add(id);
}

function drop(state: State, id: TaskId, edges: Set<TaskId>): void {
  const task = findTask(state, id);
  if (task === undefined) return;
  for (const dependent of state.index.dependents.get(id) ?? []) edges.add(dependent);
  leaveBarriers(state, task);
  task.override = 'gone';
  touch(state, task);
  if (task.flight !== null) {
    stopFor(state, task);
    return;
  }
  if (task.fence === 0 || task.status === 'done' || task.status === 'cancelled') {
    if (task.cleanup === null) remove(state, task);
  } else takeOverride(state, task);
}

/**
 * A word that differs from what we last saw and from what we wrote is a person's (DESIGN trap 6). For a task in flight
 * it is taken when the effect in flight ends.
 */
function takeWord(state: State, task: Task, before: TaskFact | null): void {
  const { fact } = task;
  if (before === null) {
    if (fact.word !== 'open') setFirst(state, task);
    return;
  }
  const isNews = before.ledgerStatus !== fact.ledgerStatus && !isOurs(state, task);
  const isWaiting = task.override !== null && task.override !== 'gone';
  if (isNews) {
    if (fact.word === 'active' && wayOf(state, task).container) return;
    task.override = fact.word;
    touch(state, task);
  }
  if (!isNews && !isWaiting) return;
  if (task.flight === null) takeOverride(state, taskOf(state, task.id));
  else if (task.settling === null) stopFor(state, task);
}

/** What we wrote last, or, while our next word is on its way, what the ledger showed when that was decided. */
function isOurs(state: State, task: Task): boolean {
  const { ledgerStatus } = task.fact;
  if (task.recorded !== null && state.playbook.ledger.words[task.recorded.word] === ledgerStatus) return true;
  const effect = task.flight === null ? undefined : state.effects.get(task.flight);
  return effect?.kind === 'record' && effect.change.seen?.includes(ledgerStatus) === true;
}

function setFirst(state: State, task: Task): void {
  const { word } = task.fact;
  // Whoever begins one of its tasks has begun a container, too.
  if (word === 'active' && wayOf(state, task).container) return;
  if (word === 'active') task.hold = { why: 'foreign' };
  const status = word === 'active' ? 'blocked' : word === 'open' ? 'waiting' : word;
  change(state, task, (changed) => {
    changed.status = status;
  });
  if (word === 'active') note(state, task.id, 'foreign', `${task.id} is in progress elsewhere, says the ledger`);
}

function stopFor(state: State, task: Task): void {
  const effect = task.flight === null ? undefined : state.effects.get(task.flight);
  if (effect?.kind !== 'attempt') return;
  task.stopping = 'person';
  state.touched.signals.push({ kind: 'stop-attempt', key: effect.key, reason: 'person' });
}
