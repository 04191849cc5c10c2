import type { EffectOf } from '../../../core/effect.ts';
import type { Event } from '../../../core/event.ts';
import type { TaskFact } from '../../../core/fact.ts';
import type { StepResult } from '../../../core/step.ts';
import type { Task } from '../../../core/task.ts';
import { type Life, require } from '../life.ts';
import { type Before, sum, type TaskBefore } from './before.ts';
import { childrenOf, isContainer, naiveDependencies, naiveStage } from './naive.ts';
import { whyNotDone } from './truth.ts';

/** What an event may do to a task, and what it must not. */
export function checkMoves(life: Life, event: Event, old: Before, result: StepResult): void {
  const { state } = life;
  const persons = new Set(
    (result.entry?.notes ?? []).filter((note) => note.code === 'person-set').map((note) => note.task),
  );
  for (const task of state.tasks.values()) {
    const was = old.tasks.get(task.id);
    if (was === undefined) continue;
    checkBounds(life, task);
    if (task.status === 'done' && was.status !== 'done' && !persons.has(task.id)) checkDone(life, task);
  }
  for (const effect of result.effects) {
    if (effect.kind === 'record') checkContainer(life, effect.task, effect.change.word);
    if (effect.kind === 'prepare') checkPrepare(life, effect);
  }
  checkEnded(life, event, old);
  checkWaves(life, old, result);
  checkSteps(life, event, old);
  checkPerson(life, event, old, result);
}

/** E9, E15: everything that is counted has an end. */
function checkBounds(life: Life, task: Task): void {
  const { retry } = life.world.playbook;
  for (const [stage, spent] of Object.entries(task.spent)) {
    require(life, spent <= retry.attempts, 'E9', () => `${task.id} has spent ${spent} attempts at ${stage}`);
  }
  const stage = naiveStage(life.world.playbook, task);
  const visits = stage === undefined ? 0 : (task.visits[stage.name] ?? 0);
  const isAtWork = ['running', 'gating', 'ready'].includes(task.status) && task.settling === null;
  const isTooMuch = stage !== undefined && isAtWork && visits > stage.visits;
  require(life, !isTooMuch, 'E15', () => `${task.id} has entered ${stage?.name} ${visits} times`);
  const { handoff, park, lost, blocker } = task.free;
  const { bounds } = retry;
  const isBounded =
    handoff <= bounds.handoff && park <= bounds.park && lost <= bounds.lost && blocker <= bounds.blocker + 1;
  require(life, isBounded, 'E9', () => `${task.id} was spared ${JSON.stringify(task.free)}`);
  require(life, task.next.evidence.length <= 3, 'E15', () =>
    `${task.id} is told ${task.next.evidence.length} failures`);
}

function checkDone(life: Life, task: Task): void {
  if (task.isSkipped || isContainer(life.world.playbook, task)) return;
  const missing = whyNotDone(life, task);
  require(life, missing === null, 'E8', () => `${task.id} is done, but ${missing}`);
}

/** C2: when it is decided that a container closes, all in it is done. */
function checkContainer(life: Life, id: string, word: string): void {
  const task = life.state.tasks.get(id);
  if (task === undefined || word !== 'done' || !isContainer(life.world.playbook, task)) return;
  const open = childrenOf(life.state, id).filter((child) => child.status !== 'done');
  require(life, open.length === 0, 'C2', () => `${id} closes, and ${open.map((child) => child.id)} are not done`);
}

/** T13: what a task depends on is in its branch, verified, and nothing else. */
function checkPrepare(life: Life, { task, deps, mergeBase }: EffectOf<'prepare'>): void {
  const { state, world } = life;
  const row = state.tasks.get(task);
  if (row === undefined) return;
  const stage = naiveStage(world.playbook, row);
  require(life, stage?.do === 'agent' && stage.mergeBase === mergeBase, 'K7', () =>
    `the base of ${task} is merged: ${mergeBase}`);
  const isWanted = world.playbook.workspace.deps === 'merge';
  for (const id of naiveDependencies(state, row)) {
    const dependency = state.tasks.get(id);
    const isSame = dependency?.commit != null && dependency.status === 'done' && dependency.fact.repo === row.fact.repo;
    const given = deps.find((dep) => dep.task === id);
    if (!isWanted || !isSame) continue;
    require(life, given?.commit === dependency.commit, 'T13', () =>
      `${task} gets ${given?.commit} of ${id}, not ${dependency.commit}`);
  }
}

/** E3, E9: what a result may change. */
function checkEnded(life: Life, event: Event, old: Before): void {
  if (event.type !== 'effect-ended') return;
  const isStale = !old.effects.has(event.key);
  for (const task of life.state.tasks.values()) {
    const was = old.tasks.get(task.id);
    if (was === undefined) continue;
    const isOwn = was.flight === event.key;
    const isSame = was.stage === task.stage && was.spent === sum(task.spent) && was.commit === task.commit;
    require(life, isSame || (isOwn && !isStale), isStale ? 'E3' : 'E9', () => `${event.key} changed ${task.id}`);
    if (isOwn && event.result.kind === 'attempt') checkFree(life, task, was, event.result.end.ending);
  }
}

/** E9: limits, full contexts and lost processes spend nothing while their bound is not reached. */
function checkFree(life: Life, task: Task, was: TaskBefore, ending: string): void {
  const isWished = was.stopping === 'stop' && ending !== 'exited';
  require(life, !isWished || sum(task.spent) === was.spent, 'E14', () =>
    `${task.id} was stopped by a person, and spent an attempt`);
  if (was.stopping !== null || was.isOverridden) return;
  const counter = ending === 'limit' ? 'park' : ending === 'context' ? 'handoff' : ending === 'lost' ? 'lost' : null;
  if (counter === null) return;
  const isWithin = was.free[counter] < life.world.playbook.retry.bounds[counter];
  const spent = sum(task.spent);
  require(life, !isWithin || spent === was.spent, 'E9', () => `${task.id} spent an attempt on: ${ending}`);
  const until = life.state.run.parks[task.agent ?? ''] ?? 0;
  const isParked = ending !== 'limit' || !isWithin || until > life.state.run.now;
  require(life, isParked, 'E9', () => `${task.id} met a limit, and is not parked`);
  const counted = task.free[counter] === was.free[counter] + (isWithin ? 1 : 0);
  require(life, counted, 'E9', () => `${task.id} was spared ${task.free[counter]} times, and ${ending} came`);
}

/** W2: one wave at a time, never larger than its size, and the next only after the steps of the last. */
function checkWaves(life: Life, old: Before, { entry }: StepResult): void {
  const { state } = life;
  const waves = [...state.groups.values()].filter((group) => group.kind === 'wave');
  require(life, waves.length <= 1, 'W2', () => `${waves.length} waves are open`);
  const isNew = (entry?.notes ?? []).some((note) => note.code === 'wave');
  const isOpen = old.waves > 0 && waves.some((wave) => wave.index < state.run.waves);
  require(life, !isNew || !isOpen, 'W2', () => 'a wave was formed while another was open');
}

/** P3, W2: a barrier passes only after each of its steps. */
function checkSteps(life: Life, event: Event, old: Before): void {
  const { state, memory, world } = life;
  const { afterGroup, afterPhase } = world.playbook.steps;
  if (event.type === 'effect-ended' && event.result.kind === 'step' && event.result.failure === null) {
    const name = /\/\d+-([^/]+)$/.exec(event.key)?.[1] ?? '';
    const key = event.key.split('/').slice(0, -2).join('/');
    if (old.effects.has(event.key)) memory.steps.set(key, (memory.steps.get(key) ?? new Set()).add(name));
  }
  for (const [key, was] of old.groups) {
    const kind = key.slice(0, key.indexOf(':'));
    const isNamed = kind === 'wave' || [...state.run.groups, ...state.run.phases].includes(key.slice(kind.length + 1));
    const status = state.groups.get(key)?.status ?? 'passed';
    if (status !== 'closing' && status !== 'passed') memory.steps.delete(key);
    if (was === 'passed' || status !== 'passed' || !isNamed) continue;
    // What has no members, or none any more, passes as it is.
    const isEmpty = (state.groups.get(key)?.members ?? 0) === 0 && was !== 'closing';
    for (const { name, do: what } of isEmpty ? [] : kind === 'phase' ? afterPhase : afterGroup) {
      const isAsked = what === 'checkpoint' || what === 'hard-stop';
      const isDone = isAsked ? what === 'checkpoint' || isAnswered(life, key) : memory.steps.get(key)?.has(name);
      require(life, isDone === true, 'P3', () => `${key} has passed without its step ${name}`);
    }
    memory.steps.delete(key);
  }
}

function isAnswered({ state }: Life, key: string): boolean {
  return [...state.inbox.values()].some((item) => item.of === key && item.closedAt !== null);
}

/** Section 4, E14: what a person says holds. */
function checkPerson(life: Life, event: Event, old: Before, { entry }: StepResult): void {
  const { state } = life;
  const { run } = state;
  const isWoken = old.runStatus === 'ended' && run.status !== 'ended' && run.status !== 'running';
  require(life, !isWoken, 'E14', () => `the run was over, and is ${run.status}`);
  if (event.type === 'operator' && event.command.do === 'answer' && event.command.item === old.haltItem) {
    const isLifted = run.halt?.item !== old.haltItem || old.haltItem === null;
    require(life, isLifted || state.inbox.get(old.haltItem ?? '')?.closedAt === null, 'E14', () =>
      'the halt was answered, and holds');
  }
  for (const task of state.tasks.values()) checkBlocked(life, task);
  for (const { task, code } of entry?.notes ?? []) {
    const isMade = code !== 'person-set' || life.world.ledger.touched.has(task ?? '');
    require(life, isMade, 'edits', () => `no person ever set ${task}`);
    const isFreed = code === 'released' && event.type !== 'operator';
    const open = isFreed
      ? (old.tasks.get(task ?? '')?.blockedBy ?? []).filter((id) => state.tasks.get(id)?.status !== 'done')
      : [];
    require(life, open.length === 0, 'C7', () => `${task} was blocked by ${open}, and goes on`);
  }
  if (event.type !== 'ledger-observed') return;
  for (const fact of event.delta.put) {
    const task = state.tasks.get(fact.id);
    const was = old.tasks.get(fact.id);
    const isPersons = life.world.ledger.rows.some((row) => row.id === fact.id && row.isPersons && row.kind === null);
    const isSame =
      was === undefined || was.flight !== null || was.status === fact.word || was.word === fact.ledgerStatus;
    const isFinal = fact.word === 'done' || fact.word === 'failed' || fact.word === 'cancelled';
    if (!isPersons || isSame || !isFinal || isOurs(life, fact)) continue;
    require(life, task?.status === fact.word, 'edits', () =>
      `a person set ${fact.id} to ${fact.word}, and it is ${task?.status}`);
  }
}

/** The document's word for what we wrote may stand for several of ours. */
function isOurs({ world }: Life, fact: TaskFact): boolean {
  const recorded = world.ledger.records.get(fact.id);
  return recorded !== undefined && world.playbook.ledger.words[recorded.word] === fact.ledgerStatus;
}

/** T7, C7: once all that it named is done it goes on. */
function checkBlocked(life: Life, task: Task): void {
  if (task.status !== 'blocked' || task.hold?.why !== 'blocker' || task.hold.by.length === 0) return;
  const isOver = task.hold.by.every((id) => life.state.tasks.get(id)?.status === 'done');
  require(life, !isOver, 'C7', () => `${task.id} is blocked by what is done`);
}
