import { groupKey, type State, stageOf, taskOf } from './state.ts';
import type { Task } from './task.ts';
import { resourcesOf } from './way.ts';

/** What an otherwise ready task has to wait for. `name` is what it is set aside under. */
export interface Obstacle {
  readonly code: 'selection' | 'wave' | 'cleanup' | 'cap' | 'park' | 'resource';
  readonly on: string;
  readonly name: string;
  readonly text: string;
}

/** All of a task's own obstacles, in the order in which dispatch meets them (E5, E11). */
export function obstacles(state: State, task: Task): readonly Obstacle[] {
  const { run, playbook } = state;
  const found: Obstacle[] = [];
  const add = (code: Obstacle['code'], on: string, text: string): void => {
    found.push({ code, on, name: on === '' ? code : `${code}:${on}`, text });
  };
  if (run.only !== null && !run.only.includes(task.id))
    add('selection', '', 'this run was told to do other tasks only');
  if (playbook.admission.unit === 'wave' && (task.group === null || !state.groups.has(groupKey('wave', task.group)))) {
    add('wave', '', `${task.id} is not in the current wave`);
  }
  if (task.cleanup !== null) add('cleanup', task.id, `the workspace of ${task.id} is still being put away`);
  const stage = stageOf(state, task);
  const cap = stage === undefined ? undefined : playbook.admission.caps[stage.name];
  if (stage !== undefined && cap !== undefined && isFull(state, stage.name, cap, task)) {
    add('cap', stage.name, `${cap} tasks are at stage ${stage.name}, which is its limit`);
  }
  if (stage?.do === 'agent') {
    const agent = task.next.agent ?? stage.agent ?? 'default';
    const until = run.parks[agent] ?? 0;
    if (until > run.now)
      add('park', agent, `the provider of agent ${agent} is at its limit until ${new Date(until).toISOString()}`);
  }
  for (const name of resourcesOf(playbook, task)) {
    const holder = state.index.held.get(name) ?? task.id;
    if (holder !== task.id) add('resource', name, `${resourceText(name)} is in use by ${holder}`);
  }
  return found;
}

/** `{repo}/{branch}` of a row without a repo: a branch of this repository. */
function resourceText(name: string): string {
  return name.startsWith('/') ? `branch ${name.slice(1)}` : name;
}

/** Counts the entries a person sees in that stage's place, those that wait for a person included (K3). */
function isFull(state: State, stage: string, cap: number, own: Task): boolean {
  // Trying again adds no entry.
  if (state.index.resting.has(own.id) && isAt(state, own, stage)) return false;
  let count = 0;
  for (const ids of [state.index.inFlight, state.index.resting]) {
    for (const id of ids) if (isAt(state, taskOf(state, id), stage)) count += 1;
  }
  return count >= cap;
}

/** A stage with a place in the ledger holds a task from the move there until the next one. */
function isAt(state: State, task: Task, stage: string): boolean {
  if (Object.hasOwn(state.playbook.ledger.places, stage)) return task.recorded?.place === stage;
  return stageOf(state, task)?.name === stage;
}
