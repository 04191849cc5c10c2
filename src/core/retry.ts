import type { Failure } from './failure.ts';
import { moveTo, rest, stageIndex } from './flow.ts';
import { halt } from './inbox.ts';
import { leaveQueue } from './merge-queue.ts';
import type { FailureClass, RetrySpec, Rung } from './playbook.ts';
import { escalate, settle } from './settle.ts';
import { invariant, note, type State, touch, touchRun, wayOf } from './state.ts';
import type { Task } from './task.ts';

type FreeClass = 'limit' | 'context' | 'lost';
const FREE: Readonly<Record<FreeClass, 'park' | 'handoff' | 'lost'>> = {
  limit: 'park',
  context: 'handoff',
  lost: 'lost',
};

/**
 * The retry ladder (E9). `stage` is the index of the agent stage that tries again: its attempts are spent, whichever
 * stage found the fault. Limits, full contexts and lost processes spend none, but have bounds of their own.
 */
export function fail(state: State, task: Task, stage: number, failure: Failure): void {
  if (task.queuedAt !== null) leaveQueue(state, task);
  task.failure = failure;
  task.stage = stage;
  task.stopping = null;
  touch(state, task);
  const name = stageName(state, task);
  note(state, task.id, `failed-${failure.class}`, `${task.id}, stage ${name}: ${failure.text}`);
  if (isFree(failure.class) && takeFree(state, task, failure.class, failure)) return;
  task.spent[name] = (task.spent[name] ?? 0) + 1;
  const counts = task.failures[name] ?? {};
  task.failures[name] = counts;
  counts[failure.class] = (counts[failure.class] ?? 0) + 1;
  task.note = failure.text;
  const rung = nextRung(state.playbook.retry, failure.class, counts[failure.class] ?? 1, task.spent[name] ?? 1);
  climb(state, task, rung, failure);
}

/** A report says that an earlier stage is to do its work again: a new visit of that stage, told why (K6). */
export function sendBack(state: State, task: Task, stage: number, failure: Failure): void {
  task.failure = failure;
  task.note = failure.text;
  goBack(state, task, stage, failure);
}

/**
 * Rung n follows the nth failure. A class with a ladder of its own keeps to it; the default ladder repeats its last
 * trying rung until the attempts are used up, and then takes its last one.
 */
export function nextRung(retry: RetrySpec, kind: FailureClass, count: number, spent: number): Rung {
  const own = retry.ladder[kind];
  const ladder = own ?? retry.ladder.default ?? [];
  const end =
    [ladder.at(-1), retry.ladder.default?.at(-1)].find((rung) => rung !== undefined && isLasting(rung)) ?? FAIL;
  if (spent >= retry.attempts) return end;
  if (own !== undefined) return own[Math.min(count, own.length) - 1] ?? end;
  const trying = ladder.filter((rung) => rung !== end);
  return trying[Math.min(spent, trying.length) - 1] ?? { do: 'retry', session: 'fresh' };
}

const FAIL: Rung = { do: 'fail' };

/** Parking or trying once more is no end: what has used up its attempts would go on for ever. */
function isLasting(rung: Rung): boolean {
  return rung.do !== 'retry' && rung.do !== 'park' && rung.do !== 'handoff';
}

function climb(state: State, task: Task, rung: Rung, failure: Failure): void {
  const stage = wayOf(state, task).stages[task.stage];
  const isEnd = rung.do === 'fail' || rung.do === 'escalate' || rung.do === 'stop';
  const exhausted = isEnd ? stage?.on.exhausted : undefined;
  if (exhausted !== undefined) {
    const target = stageIndex(state, task, exhausted);
    const limit = wayOf(state, task).stages[target]?.visits ?? 0;
    if ((task.visits[exhausted] ?? 0) < limit) {
      goBack(state, task, target, failure);
      return;
    }
  }
  switch (rung.do) {
    case 'retry':
      planRetry(task, failure, rung);
      tryAgain(state, task, `tries again after: ${failure.text}`);
      return;
    case 'back':
      goBack(state, task, stageIndex(state, task, rung.stage), failure);
      return;
    case 'park':
      park(state, task, failure);
      return;
    case 'handoff':
      planRetry(task, failure, { do: 'retry', session: 'fresh' });
      tryAgain(state, task, 'goes on in a fresh session');
      return;
    case 'escalate':
      escalate(state, task, failure.text);
      return;
    case 'fail':
      settle(state, task, { status: 'failed', workspace: 'remove' });
      return;
    case 'stop':
      settle(state, task, { status: 'failed', workspace: 'remove' });
      halt(state, 'ladder-stop', `${task.id} failed for good: ${failure.text}`, 'hard-stop');
      return;
  }
}

/** A failure that spends no attempt. False: its bound is reached, and it counts like any other. */
function takeFree(state: State, task: Task, kind: FreeClass, failure: Failure): boolean {
  const counter = FREE[kind];
  if (task.free[counter] >= state.playbook.retry.bounds[counter]) return false;
  task.free[counter] += 1;
  if (kind === 'limit') park(state, task, failure);
  else {
    task.next.session = kind === 'lost' ? 'same' : 'fresh';
    tryAgain(state, task, kind === 'lost' ? `goes on after: ${failure.text}` : 'goes on in a fresh session');
  }
  return true;
}

/** Every task of that agent waits until the provider's limit is over. */
function park(state: State, task: Task, failure: Failure): void {
  const agent = task.agent ?? 'default';
  const until = Math.max(failure.resetAt ?? state.run.now + state.playbook.retry.parkMs, state.run.now + 1);
  const { parks } = touchRun(state);
  parks[agent] = Math.max(parks[agent] ?? 0, until);
  task.next.session = 'same';
  tryAgain(state, task, `is parked until the limit of ${agent} is over`);
}

function planRetry(task: Task, failure: Failure, rung: Extract<Rung, { do: 'retry' }>): void {
  task.next.session = rung.session;
  task.next.think = rung.think ?? task.next.think;
  task.next.model = rung.model ?? task.next.model;
  task.next.agent = rung.agent ?? task.next.agent;
  task.next.evidence = [...task.next.evidence.slice(-2), failure];
}

function goBack(state: State, task: Task, stage: number, failure: Failure): void {
  task.next.evidence = [...task.next.evidence.slice(-2), failure];
  task.next.session = 'fresh';
  note(state, task.id, 'back', `${task.id} goes back: ${failure.text}`);
  moveTo(state, task, stage);
}

function tryAgain(state: State, task: Task, text: string): void {
  if (task.fence >= state.playbook.limits.fences) {
    escalate(state, task, `it was tried ${task.fence} times, which is the limit over its life`);
    return;
  }
  note(state, task.id, 'again', `${task.id} ${text}`);
  rest(state, task);
}

function isFree(kind: FailureClass): kind is FreeClass {
  return Object.hasOwn(FREE, kind);
}

function stageName(state: State, task: Task): string {
  const stage = wayOf(state, task).stages[task.stage];
  invariant(stage !== undefined, `${task.id} failed after its last stage`);
  return stage.name;
}
