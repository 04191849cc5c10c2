import type { LedgerChange } from './effect.ts';
import { fly } from './emit.ts';
import { land } from './land.ts';
import type { AgentStage, GateStage } from './playbook.ts';
import { enqueue } from './ready.ts';
import { escalate, freeResources, seenStatuses, settle } from './settle.ts';
import { findTask, invariant, type State, stageOf, touch, wayOf } from './state.ts';
import { change, setStatus } from './status.ts';
import type { Task } from './task.ts';
import { branchOf, resourcesOf } from './way.ts';

/** Begins the stage a dispatched task is at: an attempt with its own fence, or the gates or landing it stands before. */
export function begin(state: State, task: Task): void {
  holdResources(state, task);
  const stage = stageOf(state, task);
  invariant(stage !== undefined, `${task.id} is dispatched after its last stage`);
  // The stage a task starts at is not entered from another one.
  task.visits[stage.name] ??= 1;
  if (stage.do !== 'agent') {
    task.fence += 1;
    enter(state, task);
    return;
  }
  task.fence += 1;
  task.attempts += 1;
  task.stopping = null;
  task.agent = task.next.agent ?? stage.agent ?? 'default';
  task.branch = branchOf(state.playbook, task.fact);
  task.startedAt ??= state.run.now;
  setStatus(state, task, 'running');
  const change = activeChange(state, task, stage);
  if (change === null) prepare(state, task, stage);
  else fly(state, task, { kind: 'record', change });
}

/** After the ledger says so: make the workspace. */
export function prepare(state: State, task: Task, stage: AgentStage): void {
  if (state.playbook.workspace.kind === 'none') {
    attempt(state, task, stage);
    return;
  }
  fly(state, task, {
    kind: 'prepare',
    branch: task.branch ?? task.id,
    mergeBase: stage.mergeBase,
    deps: dependencyCommits(state, task),
  });
}

/** After the workspace is there: start the agent. */
export function attempt(state: State, task: Task, stage: AgentStage): void {
  const { next } = task;
  fly(state, task, {
    kind: 'attempt',
    stage: stage.name,
    agent: task.agent ?? 'default',
    model: next.model ?? stage.model,
    think: next.think,
    session: next.session === 'same' && stage.session === 'reuse' ? task.session : null,
    evidence: next.evidence,
    handoff: next.handoff,
  });
  task.deadline = state.run.now + stage.timeoutMs;
}

/** The stage before which the task stands is behind it. */
export function advance(state: State, task: Task): void {
  task.failure = null;
  moveTo(state, task, task.stage + 1);
}

/** Goes to a stage, forward or back. An agent stage competes for a slot again; gates and landing follow at once. */
export function moveTo(state: State, task: Task, index: number): void {
  task.stage = index;
  touch(state, task);
  const stage = stageOf(state, task);
  if (stage === undefined) {
    settle(state, task, { status: 'done', workspace: 'remove' });
    return;
  }
  const visits = (task.visits[stage.name] ?? 0) + 1;
  task.visits[stage.name] = visits;
  // Attempts are allowed per visit.
  delete task.spent[stage.name];
  delete task.failures[stage.name];
  if (visits > stage.visits) {
    escalate(state, task, `stage ${stage.name} was entered ${stage.visits} times, which is its limit`);
    return;
  }
  if (stage.do === 'agent') rest(state, task);
  else enter(state, task);
}

/** Back to the dispatch order, with its workspace and its resources. */
export function rest(state: State, task: Task): void {
  // What it was ready for may not be what it is ready for now.
  if (task.status === 'ready') enqueue(state, task);
  change(state, task, (changed) => {
    changed.flight = null;
    changed.deadline = null;
    changed.status = 'waiting';
  });
}

function enter(state: State, task: Task): void {
  const stage = stageOf(state, task);
  invariant(stage !== undefined && stage.do !== 'agent', `${task.id} enters a stage that is not a gate or a landing`);
  if (stage.do === 'gate') gate(state, task, stage);
  else if (stage.how === 'none') advance(state, task);
  else land(state, task, stage);
}

function gate(state: State, task: Task, stage: GateStage): void {
  if (task.commit === null) {
    escalate(state, task, `stage ${stage.name} has no commit to run gates on`);
    return;
  }
  setStatus(state, task, 'gating');
  fly(state, task, { kind: 'gate', stage: stage.name, commit: task.commit, gates: stage.gates });
}

function holdResources(state: State, task: Task): void {
  // A person may have given its row another branch since its last attempt.
  freeResources(state, task);
  task.holds = resourcesOf(state.playbook, task);
  for (const name of task.holds) {
    const holder = state.index.held.get(name);
    invariant(holder === undefined, `${name} is held by ${holder} when ${task.id} starts`);
    state.index.held.set(name, task.id);
  }
}

/** What the ledger must say before this attempt starts; null: it already does. */
function activeChange(state: State, task: Task, stage: AgentStage): LedgerChange | null {
  const place = placeOf(state, stage);
  const mark = (task.spent[stage.name] ?? 0) > 0 ? 'retry' : null;
  const isKnown =
    task.recorded?.word === 'active' && task.recorded.place === place && task.note === null && task.mark === mark;
  if (isKnown) return null;
  const change: LedgerChange = {
    word: 'active',
    seen: seenStatuses(state, task),
    place,
    mark,
    agent: task.agent ?? 'default',
    startedAt: task.startedAt ?? state.run.now,
    ...(task.note === null ? {} : { note: task.note }),
  };
  task.recorded = { word: 'active', place, at: state.run.now };
  task.mark = mark;
  task.note = null;
  return change;
}

function placeOf(state: State, stage: AgentStage): string | null {
  return Object.hasOwn(state.playbook.ledger.places, stage.name) ? stage.name : null;
}

/** Verified commits of what the task depends on (T13). */
function dependencyCommits(state: State, task: Task): { readonly task: string; readonly commit: string }[] {
  if (state.playbook.workspace.deps === 'ignore') return [];
  const commits: { readonly task: string; readonly commit: string }[] = [];
  for (const id of state.index.dependencies.get(task.id) ?? []) {
    const dependency = findTask(state, id);
    if (dependency === undefined || dependency.fact.repo !== task.fact.repo) continue;
    if (dependency.commit !== null) commits.push({ task: id, commit: dependency.commit });
  }
  return commits;
}

/** The index of a stage of the task's way; the loader refuses names that do not exist. */
export function stageIndex(state: State, task: Task, name: string): number {
  const index = wayOf(state, task).stages.findIndex((stage) => stage.name === name);
  invariant(index >= 0, `way of ${task.id} has no stage ${name}`);
  return index;
}

/** The agent stage that repairs what a later stage found wrong: the nearest one at or before the task's place. */
export function repairStage(state: State, task: Task): number {
  const { stages } = wayOf(state, task);
  for (let index = Math.min(task.stage, stages.length - 1); index >= 0; index -= 1) {
    if (stages[index]?.do === 'agent') return index;
  }
  return 0;
}
