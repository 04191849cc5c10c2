import type { TaskId } from './fact.ts';
import type { GroupRow } from './rows.ts';
import { findTask, groupKey, type State } from './state.ts';
import { isHeldUp } from './status.ts';
import type { Task } from './task.ts';

/** The sentences of `explain.ts` that take more than a template. */

const NAMED = 5;
/** Of a large group: to name a few, not all of it is looked through for each task behind it. */
const LOOKED_AT = 1000;

/** The tasks before a closed barrier that it waits for: some by name, the rest as a number. */
export function holdersText(state: State, closed: GroupRow): string {
  const before = [...state.groups.values()].filter(
    (row) => row.kind === closed.kind && row.index < closed.index && row.status !== 'passed',
  );
  const isDoneWanted = closed.kind === 'phase' || state.playbook.admission.barrier === 'done';
  const count = before.reduce((sum, row) => sum + (isDoneWanted ? row.undone : row.unsettled), 0);
  if (count === 0) return 'the one before it is not finished';
  const named: TaskId[] = [];
  let looks = LOOKED_AT;
  for (const row of before.sort((a, b) => a.index - b.index)) {
    for (const id of state.index.members.get(groupKey(row.kind, row.name)) ?? []) {
      if (named.length === NAMED || looks === 0) break;
      looks -= 1;
      const task = findTask(state, id);
      if (task !== undefined && task.status !== 'done' && (isDoneWanted || !isHeldUp(task))) named.push(id);
    }
  }
  const rest = count - named.length;
  if (named.length === 0) return `it waits for ${count} tasks before it`;
  return `it waits for ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Its class first (E9): what follows from a failure depends on it. */
export function failureText({ failure }: Task, otherwise: string): string {
  return failure === null ? `: ${otherwise}` : ` (${failure.class}): ${failure.text}`;
}

export function inFlightText(state: State, task: Task): string {
  const effect = task.flight === null ? undefined : state.effects.get(task.flight);
  if (effect === undefined) return `${task.id} is number ${state.index.queue.indexOf(task.id) + 1} in the merge queue`;
  return `${task.id} is ${task.status}: ${effect.kind}, fence ${task.fence}`;
}

export function preflightText(state: State): string {
  const { failingSince, text } = state.run.preflight;
  return failingSince === null ? 'the preflight is yet to pass' : `the preflight does not pass: ${text}`;
}

export function globalText(state: State, code: 'not-running' | 'paused' | 'halted' | 'ledger-broken'): string {
  switch (code) {
    case 'paused':
      return 'the run is paused';
    case 'halted':
      return state.run.halt?.text ?? 'the run waits for a person';
    case 'ledger-broken':
      return `the ledger cannot be read: ${state.run.brokenLedger?.text}`;
    case 'not-running':
      return `the run is ${state.run.status}`;
  }
}
