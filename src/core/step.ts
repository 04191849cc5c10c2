import { groupOf, leaveBarriers, settleBarriers, stepEnded } from './barrier.ts';
import { wakeBlocked } from './blocker.ts';
import { closeRun } from './closing.ts';
import { dispatch, startPreflight } from './dispatch.ts';
import type { Effect, Signal } from './effect.ts';
import { endEffect } from './emit.ts';
import type { Event, Result } from './event.ts';
import { expire } from './expire.ts';
import type { Failure } from './failure.ts';
import { halt } from './inbox.ts';
import { observe } from './observe.ts';
import { beginRun, operate } from './operator.ts';
import { remove } from './override.ts';
import { foldResult } from './result.ts';
import type { Changes, JournalEntry } from './rows.ts';
import { emptyTouched, findTask, InvariantError, note, type State, touchRun } from './state.ts';

export interface StepResult {
  /** The rows of one transaction; null: the event changed nothing that is stored. */
  readonly changes: Changes | null;
  /** Newly outstanding effects, in the order in which they were decided. */
  readonly effects: readonly Effect[];
  readonly signals: readonly Signal[];
  /** null exactly when `changes` is. */
  readonly entry: JournalEntry | null;
}

/**
 * Folds one event into the state and says what follows (E1). Pure apart from `state`, which it owns: no clock, no
 * randomness, no I/O; equal states and events give equal results.
 *
 * @throws InvariantError when our own rules are broken: stop without committing.
 */
export function step(state: State, event: Event): StepResult {
  state.touched = emptyTouched();
  const { run } = state;
  const { now, seq } = run;
  const next = seq + 1;
  // A clock that was set back must not move ours back.
  const at = Math.max(event.at, now);
  run.now = at;
  run.seq = next;
  fold(state, event);
  expire(state);
  const { dirty, wakes, stranded } = state.index;
  do {
    wakeBlocked(state);
    settleBarriers(state);
    dispatch(state);
  } while (removeGone(state) || dirty.size + wakes.size + stranded.size > 0);
  closeRun(state);
  if (!isNews(state)) {
    // As if it had not been: what is not stored must not be remembered either.
    run.seq = seq;
    run.now = now;
    return { changes: null, effects: [], signals: state.touched.signals, entry: null };
  }
  touchRun(state);
  return {
    changes: changesOf(state),
    effects: [...state.touched.newEffects.values()],
    signals: state.touched.signals,
    entry: { seq: next, at, event, notes: state.touched.notes },
  };
}

function fold(state: State, event: Event): void {
  switch (event.type) {
    case 'run-started':
      beginRun(state, event.only, event.limit);
      return;
    case 'ledger-observed':
      observe(state, event.delta);
      return;
    case 'ledger-broken':
      breakLedger(state, event.text);
      return;
    case 'tick':
      return;
    case 'attempt-started':
      started(state, event.key);
      return;
    case 'attempt-progressed':
      progressed(state, event.key, event.tokens, event.costUsd);
      return;
    case 'effect-ended':
      ended(state, event.key, event.result);
      return;
    case 'effect-failed':
      failed(state, event.key, event.failure);
      return;
    case 'operator':
      operate(state, event.command);
      return;
  }
}

function breakLedger(state: State, text: string): void {
  const since = state.run.brokenLedger?.since ?? state.run.now;
  touchRun(state).brokenLedger = { text, since };
  note(state, null, 'ledger-broken', text);
}

function started(state: State, key: string): void {
  const effect = state.effects.get(key);
  const task = effect?.kind === 'attempt' ? findTask(state, effect.task) : undefined;
  if (effect === undefined || task === undefined || task.deadline === null) {
    note(state, null, 'stale', `${key} started, but is not awaited`);
    return;
  }
  state.touched.tasks.add(task.id);
}

function progressed(state: State, key: string, tokens: number, costUsd: number): void {
  const effect = state.effects.get(key);
  if (effect?.kind !== 'attempt') return;
  note(state, effect.task, 'progress', `${effect.task}: ${tokens} tokens, ${costUsd.toFixed(2)} USD so far`);
}

/** E3: a result whose effect is not outstanding comes from an older life or an older fence. It changes nothing. */
function ended(state: State, key: string, result: Result): void {
  const effect = state.effects.get(key);
  if (effect === undefined) {
    note(state, null, 'stale', `a result for ${key} came, which nothing waits for; it was ignored`);
    return;
  }
  if (effect.kind !== 'step') {
    foldResult(state, effect, result);
    return;
  }
  if (result.kind !== 'step') throw new InvariantError(`the step ${key} ended as a ${result.kind}`);
  if (effect.scope === 'preflight') {
    preflightEnded(state, key, Number(effect.of), result.failure);
    return;
  }
  if (result.failure !== null) {
    failed(state, key, result.failure);
    return;
  }
  endEffect(state, key);
  if (effect.scope === 'afterRun') {
    if (state.run.closing !== null) touchRun(state).closing = state.run.closing + 1;
    return;
  }
  const group = groupOf(state, { effect: key });
  if (group !== undefined) stepEnded(state, group);
}

function preflightEnded(state: State, key: string, index: number, failure: Failure | null): void {
  endEffect(state, key);
  const run = touchRun(state);
  const isLast = index + 1 >= state.playbook.steps.preflight.length;
  if (failure !== null) {
    const failingSince = run.preflight.failingSince ?? run.now;
    run.preflight = { passedAt: null, failingSince, checkedAt: run.now, text: failure.text };
    note(state, null, 'preflight-failed', failure.text);
  } else if (isLast) {
    run.preflight = { passedAt: run.now, failingSince: null, checkedAt: run.now, text: null };
  } else {
    startPreflight(state, index + 1);
  }
}

/** Not the task's fault: the effect stays outstanding, and the run stops for a person. */
function failed(state: State, key: string, failure: Failure): void {
  const effect = state.effects.get(key);
  if (effect === undefined || state.index.stuck.has(key)) {
    note(state, null, 'stale', `${key} failed, but nothing waits for it`);
    return;
  }
  state.index.stuck.add(key);
  // The run ends without this step; the next one performs it.
  if (effect.kind === 'step' && effect.scope === 'afterRun' && state.run.closing !== null)
    touchRun(state).closing = state.run.closing + 1;
  note(state, null, 'effect-failed', failure.text);
  // It waits for the next run because this one was told to stop: nobody has to mend anything.
  if (failure.code === 'interrupted' && state.run.status === 'stopping') return;
  halt(state, failure.code, failure.text, failure.code === 'ledger-conflict' ? 'conflict' : 'hard-stop');
}

/** Rows whose line is gone from the ledger leave the state as soon as nothing of theirs is under way. */
function removeGone(state: State): boolean {
  let isAny = false;
  for (const id of [...state.touched.tasks]) {
    const task = state.tasks.get(id);
    if (task?.override === 'gone' && task.flight === null && task.cleanup === null && task.settling === null) {
      leaveBarriers(state, task);
      remove(state, task);
      isAny = true;
    }
  }
  return isAny;
}

function isNews(state: State): boolean {
  const { touched } = state;
  const rows = touched.tasks.size + touched.removedTasks.size + touched.groups.size + touched.removedGroups.size;
  return (
    touched.run ||
    rows + touched.inbox.size + touched.newEffects.size + touched.endedEffects.size + touched.notes.length > 0
  );
}

function changesOf(state: State): Changes {
  const { touched } = state;
  const pick = <K, V>(keys: Iterable<K>, from: ReadonlyMap<K, V>): V[] =>
    [...keys].map((key) => from.get(key)).filter((row) => row !== undefined);
  return {
    run: state.run,
    tasks: pick(touched.tasks, state.tasks),
    removedTasks: [...touched.removedTasks],
    groups: pick(touched.groups, state.groups),
    removedGroups: [...touched.removedGroups],
    inbox: pick(touched.inbox, state.inbox),
    effects: [...touched.newEffects.values()],
    endedEffects: [...touched.endedEffects],
  };
}
