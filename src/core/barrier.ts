import { endEffect, outlive } from './emit.ts';
import { ask, closeItem } from './inbox.ts';
import type { Step } from './playbook.ts';
import type { GroupRow } from './rows.ts';
import { findTask, groupKey, note, type State, taskOf, touchRun } from './state.ts';
import { barriersOf, change, isHeldUp } from './status.ts';
import type { Task } from './task.ts';

/**
 * Groups, waves and phases are one thing: a barrier opens in order, closes when its members are settled (or done), runs
 * its steps, and passes. Statuses are worked out anew, in order, for the barriers whose counters changed: a task that
 * comes back (a retry, a new row) opens its barrier again and shuts those behind it.
 */
export function settleBarriers(state: State): void {
  if (state.index.dirty.size === 0) return;
  const kinds = new Set([...state.index.dirty].map((key) => state.groups.get(key)?.kind));
  state.index.dirty.clear();
  if (kinds.has('phase')) settleRow(state, 'phase', state.run.phases);
  if (kinds.has('group')) settleRow(state, 'group', state.run.groups);
  if (kinds.has('wave')) settleWave(state);
}

/** Makes the rows of the document's groups and phases, in its order. */
export function nameBarriers(state: State): void {
  const { admission } = state.playbook;
  if (admission.unit === 'group') nameRow(state, 'group', state.run.groups);
  if (admission.phases.by !== 'none') nameRow(state, 'phase', state.run.phases);
}

export function joinBarriers(state: State, task: Task): void {
  for (const key of barriersOf(state, task)) {
    const members = state.index.members.get(key) ?? new Set();
    const group = state.groups.get(key);
    if (group === undefined || members.has(task.id)) continue;
    state.index.members.set(key, members.add(task.id));
    count(state, key, group, task, 1);
  }
}

export function leaveBarriers(state: State, task: Task): void {
  for (const [key, members] of state.index.members) {
    const group = state.groups.get(key);
    if (group !== undefined && members.delete(task.id)) count(state, key, group, task, -1);
  }
}

/** A step of a barrier ended (or a person answered its item): the next one. */
export function stepEnded(state: State, group: GroupRow): void {
  group.effect = null;
  group.item = null;
  group.step += 1;
  state.touched.groups.add(groupKey(group.kind, group.name));
  runSteps(state, group);
}

/** The barrier a step's effect or item belongs to. */
export function groupOf(
  state: State,
  match: { readonly effect?: string; readonly item?: string },
): GroupRow | undefined {
  for (const group of state.groups.values()) {
    const isEffect = match.effect !== undefined && group.effect === match.effect;
    if (isEffect || (match.item !== undefined && group.item === match.item)) return group;
  }
  return undefined;
}

/** Members that failed or were given up, for a checkpoint and for "retry the failed ones" (P8). */
export function failedMembers(state: State, group: GroupRow): readonly Task[] {
  const members = [...(state.index.members.get(groupKey(group.kind, group.name)) ?? [])];
  const failed = members.map((id) => taskOf(state, id)).filter((task) => task.status === 'failed');
  return failed.sort((a, b) => a.fact.order - b.fact.order);
}

/** Takes up the steps of a barrier that a stopped run left in the middle. */
export function resumeSteps(state: State): void {
  for (const group of state.groups.values()) {
    if (group.status === 'closing' && group.effect === null && group.item === null) runSteps(state, group);
  }
}

function count(state: State, key: string, group: GroupRow, task: Task, by: 1 | -1): void {
  group.members += by;
  if (task.status !== 'done' && !isHeldUp(task)) group.unsettled += by;
  if (task.status !== 'done') group.undone += by;
  state.touched.groups.add(key);
  state.index.dirty.add(key);
}

function nameRow(state: State, kind: 'group' | 'phase', names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const key = groupKey(kind, name);
    const group = state.groups.get(key);
    if (group?.index === index) continue;
    if (group === undefined) state.groups.set(key, newGroup(kind, name, index));
    else group.index = index;
    state.touched.groups.add(key);
    state.index.dirty.add(key);
  }
  const kept = new Set(names);
  for (const [key, group] of state.groups) {
    if (group.kind !== kind || kept.has(group.name)) continue;
    dropStep(state, group, 'it is no longer in the ledger');
    state.groups.delete(key);
    state.index.members.delete(key);
    state.touched.groups.delete(key);
    state.touched.removedGroups.add(key);
    for (const first of names.slice(0, 1)) state.index.dirty.add(groupKey(kind, first));
  }
}

export function newGroup(kind: GroupRow['kind'], name: string, index: number): GroupRow {
  const status = kind === 'wave' ? 'open' : 'pending';
  return { name, kind, index, status, members: 0, unsettled: 0, undone: 0, step: 0, effect: null, item: null };
}

function settleRow(state: State, kind: 'group' | 'phase', names: readonly string[]): void {
  let isShut = false;
  for (const name of names) {
    const key = groupKey(kind, name);
    const group = state.groups.get(key);
    if (group === undefined) continue;
    if (isShut) {
      dropStep(state, group, 'the one before it is open again');
      setGroup(state, group, 'pending');
      continue;
    }
    if (isFulfilled(state, group)) pass(state, group);
    else reopen(state, group);
    isShut = group.status !== 'passed';
  }
}

function settleWave(state: State): void {
  for (const group of [...state.groups.values()]) {
    if (group.kind !== 'wave') continue;
    dismiss(state, group);
    if (isFulfilled(state, group)) pass(state, group);
    else reopen(state, group);
  }
}

/** A member that cannot start any more (a new dependency, another selection) must not hold the wave: it joins a later one. */
function dismiss(state: State, wave: GroupRow): void {
  const { only } = state.run;
  for (const id of [...(state.index.members.get(groupKey('wave', wave.name)) ?? [])]) {
    const task = taskOf(state, id);
    const isLeftOut = task.status === 'ready' && only !== null && !only.includes(id);
    if (!isLeftOut && (task.status !== 'waiting' || task.flight !== null)) continue;
    leaveBarriers(state, task);
    task.group = null;
    joinBarriers(state, task);
    change(state, task, () => undefined);
  }
}

function pass(state: State, group: GroupRow): void {
  if (group.status === 'passed') return;
  if (group.status === 'closing') {
    if (group.effect === null && group.item === null) runSteps(state, group);
    return;
  }
  if (group.members === 0) {
    setPassed(state, group);
    return;
  }
  setGroup(state, group, 'closing');
  group.step = 0;
  if (group.kind !== 'phase') touchRun(state).groupsSinceCheckpoint += 1;
  note(state, null, 'group-settled', `${group.kind} ${group.name} is settled`);
  runSteps(state, group);
}

function reopen(state: State, group: GroupRow): void {
  dropStep(state, group, 'its tasks go on');
  group.step = 0;
  setGroup(state, group, 'open');
}

/** Nobody waits any more for the step a barrier is at. */
function dropStep(state: State, group: GroupRow, why: string): void {
  if (group.effect !== null) endEffect(state, group.effect);
  if (group.item !== null) closeItem(state, group.item, why);
  if (group.effect !== null || group.item !== null) state.touched.groups.add(groupKey(group.kind, group.name));
  group.effect = null;
  group.item = null;
}

/** Cleanups belong to the work of a group: its steps see everything landed and put away. */
function isFulfilled(state: State, group: GroupRow): boolean {
  const barrier = group.kind === 'phase' ? 'done' : state.playbook.admission.barrier;
  return (barrier === 'done' ? group.undone : group.unsettled) === 0;
}

function runSteps(state: State, group: GroupRow): void {
  const { afterPhase, afterGroup } = state.playbook.steps;
  const steps = group.kind === 'phase' ? afterPhase : afterGroup;
  for (; group.step < steps.length; group.step += 1) {
    const step = steps[group.step];
    if (step === undefined || (step.do === 'checkpoint' && !isCheckpointDue(state, group))) continue;
    startStep(state, group, step);
    return;
  }
  setPassed(state, group);
}

/** What has passed opens the next one; a wave that has passed is no more. */
function setPassed(state: State, group: GroupRow): void {
  setGroup(state, group, 'passed');
  const key = groupKey(group.kind, group.name);
  if (group.kind !== 'wave') {
    state.index.dirty.add(key);
    return;
  }
  state.groups.delete(key);
  state.index.members.delete(key);
  state.touched.groups.delete(key);
  state.touched.removedGroups.add(key);
}

function startStep(state: State, group: GroupRow, step: Step): void {
  const key = groupKey(group.kind, group.name);
  state.touched.groups.add(key);
  if (step.do === 'checkpoint') {
    touchRun(state).groupsSinceCheckpoint = 0;
    const text = checkpointText(state, group);
    group.item = ask(state, {
      kind: 'checkpoint',
      task: null,
      of: key,
      text,
      choices: ['approve', 'retry-failed', 'stop'],
    });
  } else if (step.do === 'hard-stop') {
    const text = `${group.kind} ${group.name} is finished; the next one starts only when a person says so`;
    group.item = ask(state, { kind: 'hard-stop', task: null, of: key, text, choices: ['approve', 'stop'] });
  } else {
    const scope = group.kind === 'phase' ? 'afterPhase' : 'afterGroup';
    const run = touchRun(state);
    const effect = { kind: 'step', key: `${key}/${run.seq}/${group.step}-${step.name}`, scope, of: key, step } as const;
    group.effect = effect.key;
    outlive(state, effect);
  }
}

/** P3: after each group, after every Nth, or at the end; the last one always has a checkpoint. */
function isCheckpointDue(state: State, group: GroupRow): boolean {
  const { mode, every } = state.playbook.checkpoint;
  if (mode === 'after-each' || isLast(state, group)) return true;
  return mode === 'after-batch' && state.run.groupsSinceCheckpoint >= every;
}

function isLast(state: State, group: GroupRow): boolean {
  if (group.kind === 'wave') return state.index.counts.ready === 0;
  for (const other of state.groups.values()) {
    if (other.kind === group.kind && other.index > group.index && other.members > 0) return false;
  }
  return true;
}

function checkpointText(state: State, group: GroupRow): string {
  const members = [...(state.index.members.get(groupKey(group.kind, group.name)) ?? [])];
  const failed = failedMembers(state, group);
  const counted = `${group.kind} ${group.name}: ${members.length - failed.length} of ${members.length} ended well`;
  const errors = failed.map((task) => `${task.id} failed: ${task.failure?.text ?? 'no reason given'}`);
  return [counted, ...errors].join('; ');
}

function setGroup(state: State, group: GroupRow, status: GroupRow['status']): void {
  if (group.status === status) return;
  const wasPending = group.status === 'pending';
  group.status = status;
  const key = groupKey(group.kind, group.name);
  state.touched.groups.add(key);
  if (wasPending === (status === 'pending')) return;
  // The members' readiness hangs on this: every one of them is looked at once.
  for (const id of state.index.members.get(key) ?? []) {
    const task = findTask(state, id);
    if (task !== undefined && (task.status === 'waiting' || task.status === 'ready'))
      change(state, task, () => undefined);
  }
}
