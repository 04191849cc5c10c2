import type { LedgerChange } from './effect.ts';
import { fly, flyCleanup, landFlight } from './emit.ts';
import { ask } from './inbox.ts';
import { leaveQueue } from './merge-queue.ts';
import { release } from './ready.ts';
import { invariant, note, type State, touch } from './state.ts';
import { change, setStatus } from './status.ts';
import type { Settling, Task, TaskStatus } from './task.ts';

/**
 * Ends the task's way: the ledger is told first, then the status holds. `failed` and `blocked` notes go with it. A person
 * who ended it in the ledger is not overwritten.
 */
export function settle(state: State, task: Task, settling: Settling): void {
  task.settling = settling;
  if (task.queuedAt !== null) leaveQueue(state, task);
  if (settling.status === 'done' || settling.status === 'failed') task.completedAt ??= state.run.now;
  touch(state, task);
  const news = settledChange(state, task, settling.status);
  if (news === null) {
    finishSettling(state, task);
    return;
  }
  const place = news.word === 'active' ? (task.recorded?.place ?? null) : null;
  task.recorded = { word: news.word, place, at: state.run.now };
  task.mark = news.mark;
  task.note = null;
  // Until the ledger says so nothing may start it again.
  if (settling.status === 'done' || task.status === 'waiting' || task.status === 'ready')
    setStatus(state, task, 'queued');
  fly(state, task, { kind: 'record', change: news });
}

/** The ledger says so, or need not: now it is so. */
export function finishSettling(state: State, task: Task): void {
  const settling = task.settling;
  invariant(settling !== null, `${task.id} is not settling`);
  change(state, task, (changed) => {
    changed.settling = null;
    changed.flight = null;
    changed.deadline = null;
    changed.stopping = null;
    changed.status = settling.status;
  });
  note(state, task.id, settling.status, `${task.id} is ${settling.status}`);
  if (task.fence > 0 && state.playbook.workspace.kind !== 'none')
    flyCleanup(state, task, { keep: settling.workspace === 'keep', isDone: settling.status === 'done' });
  else freeResources(state, task);
}

/** A task nothing is in flight for takes a status without telling the ledger. */
export function settleSilently(state: State, task: Task, status: TaskStatus): void {
  landFlight(state, task);
  if (task.queuedAt !== null) leaveQueue(state, task);
  task.settling = { status, workspace: 'remove' };
  finishSettling(state, task);
}

/** An unplanned stop of a task for a person: its work stays, its dependents wait, the inbox asks. */
export function escalate(state: State, task: Task, text: string): void {
  const item = ask(state, {
    kind: 'escalation',
    task: task.id,
    of: null,
    text: `${task.id}: ${text}`,
    choices: state.playbook.escalation.choices,
  });
  task.hold = { why: 'escalation', item };
  task.note = text;
  note(state, task.id, 'escalated', text);
  settle(state, task, { status: 'escalated', workspace: 'keep' });
}

/** The task's branch and other exclusive resources are free. */
export function freeResources(state: State, task: Task): void {
  for (const name of task.holds) {
    state.index.held.delete(name);
    release(state, `resource:${name}`);
  }
  task.holds = [];
  touch(state, task);
}

/** What the ledger may say without a person having said it: what was read last, and what we wrote last. */
export function seenStatuses(state: State, task: Task): readonly string[] {
  const { words } = state.playbook.ledger;
  return [...new Set([task.fact.ledgerStatus, ...(task.recorded === null ? [] : [words[task.recorded.word]])])];
}

function settledChange(state: State, task: Task, status: TaskStatus): LedgerChange | null {
  if (task.override !== null) return null;
  const word =
    status === 'done' ? 'done' : status === 'failed' ? 'failed' : status === 'cancelled' ? 'cancelled' : 'active';
  const isNews = word !== 'active' || task.note !== null || status === 'escalated';
  if (!isNews) return null;
  const used = task.usage.measuredTokens > 0 ? task.usage.measuredTokens : task.usage.claimedTokens;
  return {
    word,
    seen: seenStatuses(state, task),
    place: null,
    mark: status === 'escalated' ? 'escalated' : null,
    ...(word === 'done' || word === 'failed' ? { completedAt: task.completedAt } : {}),
    ...(used === null ? {} : { usedTokens: used }),
    ...(task.note === null ? {} : { note: task.note }),
  };
}
