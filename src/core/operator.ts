import { failedMembers, groupOf, resumeSteps, settleBarriers, stepEnded } from './barrier.ts';
import { unblock, unindexBlocker } from './blocker.ts';
import type { Effect } from './effect.ts';
import type { OperatorCommand } from './event.ts';
import { repairStage, rest } from './flow.ts';
import { closeItem, closeItemsOf } from './inbox.ts';
import { forget } from './override.ts';
import { releaseAll } from './ready.ts';
import type { InboxItem } from './rows.ts';
import { settle, settleSilently } from './settle.ts';
import { findTask, groupKey, note, type State, taskOf, touch, touchRun, wayOf } from './state.ts';
import { IN_FLIGHT, type Task } from './task.ts';

/** Why a command cannot be done now, as a sentence with a next step; null: it can. Never changes anything. */
export function refusal(state: State, command: OperatorCommand): string | null {
  switch (command.do) {
    case 'retry':
    case 'skip':
    case 'cancel':
    case 'release':
      return taskRefusal(state, command.do, command.task);
    case 'approve':
    case 'reject':
    case 'answer':
      return itemRefusal(state, command);
    case 'resume':
      return state.run.status === 'paused' ? null : 'the run is not paused';
    case 'pause':
      return state.run.status === 'running' ? null : `the run is ${state.run.status}, not running`;
    case 'drain':
    case 'stop':
      return state.run.status === 'ended' || state.run.status === 'idle' ? 'nothing is running' : null;
  }
}

/** Does what a person said (E14). The caller has asked `refusal` first; a refused command changes nothing here either. */
export function operate(state: State, command: OperatorCommand): void {
  const refused = refusal(state, command);
  if (refused !== null) {
    note(state, null, 'refused', refused);
    return;
  }
  switch (command.do) {
    case 'retry':
      retry(state, taskOf(state, command.task));
      return;
    case 'skip':
      skip(state, taskOf(state, command.task));
      return;
    case 'cancel':
      cancel(state, taskOf(state, command.task));
      return;
    case 'release':
      unblock(state, taskOf(state, command.task));
      return;
    case 'pause':
      touchRun(state).status = 'paused';
      return;
    case 'resume':
      touchRun(state).status = 'running';
      return;
    case 'drain':
      touchRun(state).status = 'draining';
      return;
    case 'stop':
      stop(state);
      return;
    case 'approve':
      answerBarrier(state, command.item, 'approve');
      return;
    case 'reject':
      answerBarrier(state, command.item, command.then);
      return;
    case 'answer':
      answer(state, command.item, command.choice, command.text);
      return;
  }
}

function taskRefusal(state: State, what: 'retry' | 'skip' | 'cancel' | 'release', id: string): string | null {
  const task = findTask(state, id);
  if (task === undefined) return `there is no task ${id}`;
  const isFlying = IN_FLIGHT.has(task.status) || task.flight !== null;
  if (what === 'cancel')
    return task.status === 'done' || task.status === 'cancelled' ? `${id} is ${task.status}` : null;
  if (what === 'release')
    return task.status === 'blocked' && task.flight === null ? null : `${id} is ${task.status}, not blocked`;
  if (isFlying) return `${id} is ${task.status}; cancel it first`;
  if (what === 'skip') return task.status === 'done' ? `${id} is done` : null;
  const isOpen = task.status === 'blocked' || task.status === 'waiting';
  if (isOpen && wayOf(state, task).container) return `${id} only holds other tasks; retry those`;
  return task.status === 'waiting' || task.status === 'ready' || task.status === 'done'
    ? `${id} is ${task.status}; only failed, blocked, escalated and cancelled tasks can be tried again`
    : null;
}

function itemRefusal(state: State, command: Extract<OperatorCommand, { item: string }>): string | null {
  const item = state.inbox.get(command.item);
  if (item === undefined) return `there is no inbox item ${command.item}`;
  if (item.closedAt !== null) return `${item.id} was answered before: ${item.answer}`;
  const task = item.task === null ? undefined : findTask(state, item.task);
  if (task !== undefined && task.flight !== null)
    return `${task.id} is still being written to the ledger; answer again in a moment`;
  const choice = command.do === 'approve' ? 'approve' : command.do === 'reject' ? command.then : command.choice;
  return item.choices.includes(choice)
    ? null
    : `${item.id} can be answered by ${item.choices.join(', ')}, not by ${choice}`;
}

function retry(state: State, task: Task, at?: number): void {
  closeItemsOf(state, task.id, 'retry');
  const stage = at ?? (task.status === 'escalated' ? repairStage(state, task) : 0);
  const { commit } = task;
  unindexBlocker(state, task);
  forget(task);
  task.stage = stage;
  if (stage > 0) task.commit = commit;
  note(state, task.id, 'retried', `a person has ${task.id} tried again`);
  rest(state, task);
}

function skip(state: State, task: Task): void {
  closeItemsOf(state, task.id, 'skip');
  unindexBlocker(state, task);
  task.isSkipped = true;
  task.hold = null;
  note(state, task.id, 'skipped', `a person skipped ${task.id}: it counts as done for what depends on it`);
  settleSilently(state, task, 'done');
}

function cancel(state: State, task: Task): void {
  closeItemsOf(state, task.id, 'cancel');
  unindexBlocker(state, task);
  task.hold = null;
  touch(state, task);
  task.note ??= 'cancelled by a person';
  note(state, task.id, 'cancel', `a person cancels ${task.id}`);
  const effect = task.flight === null ? undefined : state.effects.get(task.flight);
  if (effect === undefined) {
    settle(state, task, { status: 'cancelled', workspace: 'remove' });
    return;
  }
  task.stopping = 'cancel';
  if (canStop(effect)) state.touched.signals.push({ kind: 'stop-attempt', key: effect.key, reason: 'cancel' });
}

function canStop(effect: Effect | undefined): effect is Effect {
  return effect?.kind === 'attempt' || effect?.kind === 'gate';
}

function stop(state: State): void {
  touchRun(state).status = 'stopping';
  for (const id of state.index.inFlight) {
    const task = taskOf(state, id);
    if (task.stopping !== null) continue;
    task.stopping = 'stop';
    touch(state, task);
    const effect = task.flight === null ? undefined : state.effects.get(task.flight);
    if (canStop(effect)) state.touched.signals.push({ kind: 'stop-attempt', key: effect.key, reason: 'stop' });
  }
}

function answerBarrier(state: State, id: string, choice: string): void {
  const group = groupOf(state, { item: id });
  closeItem(state, id, choice);
  if (choice === 'stop') {
    touchRun(state).halt = { code: 'stopped-by-person', text: 'a person stopped the run at a checkpoint', item: null };
    if (group !== undefined) stepAgain(state, id);
    return;
  }
  if (group === undefined) return;
  if (choice === 'retry-failed' && failedMembers(state, group).length > 0) {
    group.item = null;
    state.touched.groups.add(groupKey(group.kind, group.name));
    for (const task of failedMembers(state, group)) retry(state, task);
    settleBarriers(state);
    return;
  }
  stepEnded(state, group);
}

/** After "stop" the checkpoint is open again for the next run. */
function stepAgain(state: State, id: string): void {
  const group = groupOf(state, { item: id });
  if (group === undefined) return;
  group.item = null;
  state.touched.groups.add(groupKey(group.kind, group.name));
}

function answer(state: State, id: string, choice: string, text: string): void {
  const item = state.inbox.get(id) as InboxItem;
  const task = item.task === null ? undefined : findTask(state, item.task);
  if (task === undefined) {
    if (state.run.halt?.item === id) liftHalt(state);
    if (item.of === null) closeItem(state, id, choice);
    else answerBarrier(state, id, choice);
    return;
  }
  closeItem(state, id, choice);
  switch (choice) {
    case 'skip':
      skip(state, task);
      return;
    case 'abandon':
      task.note = text || task.note;
      cancel(state, task);
      return;
    case 'deprioritise':
      task.isLast = true;
      retry(state, task);
      return;
    case 'rescope':
      retry(state, task, 0);
      task.next.evidence = [
        { class: 'document', code: 'rescoped', text: text || 'a person re-scoped the task', evidence: text },
      ];
      return;
    default:
      retry(state, task);
  }
}

function liftHalt(state: State): void {
  touchRun(state).halt = null;
  for (const key of state.index.stuck) state.touched.signals.push({ kind: 'perform-again', key });
  state.index.stuck.clear();
}

/** What a new run takes up: modes of the last one end, its open questions stay. */
export function beginRun(state: State, only: readonly string[] | null, limit: number | null): void {
  const run = touchRun(state);
  run.status = 'running';
  run.outcome = null;
  run.only = only;
  run.limit = limit;
  run.startedAt = run.now;
  run.closing = null;
  run.preflight = { passedAt: null, failingSince: null, checkedAt: null, text: null };
  if (run.halt?.item != null) closeItem(state, run.halt.item, 'run again');
  run.halt = null;
  // The budget is a run's. What could not be performed is performed again by the life that begins this run.
  run.tokens = 0;
  run.costUsd = 0;
  state.index.stuck.clear();
  for (const task of state.tasks.values()) {
    if (task.stopping !== 'stop') continue;
    task.stopping = null;
    touch(state, task);
  }
  releaseAll(state);
  // Another selection may leave out what stands in the wave now.
  for (const key of state.groups.keys()) state.index.dirty.add(key);
  resumeSteps(state);
}
