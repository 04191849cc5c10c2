import { isPreflightRunning } from './dispatch.ts';
import { halt } from './inbox.ts';
import { release } from './ready.ts';
import { note, type State, taskOf, touch, touchRun } from './state.ts';

/** What the passing of time does: attempts run out of time, parks end, the run reaches its limit. */
export function expire(state: State): void {
  const { run } = state;
  // Sorted: the journal must not depend on what this life happened to load first.
  for (const id of [...state.index.inFlight].sort()) {
    const task = taskOf(state, id);
    const effect = task.flight === null ? undefined : state.effects.get(task.flight);
    if (effect?.kind !== 'attempt' || task.deadline === null || task.deadline > run.now || task.stopping !== null)
      continue;
    task.stopping = 'timeout';
    touch(state, task);
    note(state, id, 'timeout', `${id} ran out of time in stage ${effect.stage}`);
    state.touched.signals.push({ kind: 'stop-attempt', key: effect.key, reason: 'timeout' });
  }
  for (const [agent, until] of Object.entries(run.parks)) {
    if (until > run.now) continue;
    delete touchRun(state).parks[agent];
    release(state, `park:${agent}`);
    note(state, null, 'unparked', `the limit of ${agent} is over`);
  }
  const { runMs } = state.playbook.limits;
  if (runMs !== null && run.startedAt !== null && run.status === 'running' && run.now - run.startedAt >= runMs) {
    halt(state, 'run-time', `the run has lasted ${runMs / 1000} s, which is its limit`, 'budget');
  }
}

/** The next moment at which time alone changes something; null: none. Epoch milliseconds. */
export function nextDeadline(state: State): number | null {
  let next: number | null = null;
  const consider = (at: number | null): void => {
    if (at !== null && (next === null || at < next)) next = at;
  };
  for (const id of state.index.inFlight) {
    const task = taskOf(state, id);
    if (task.stopping === null) consider(task.deadline);
  }
  for (const until of Object.values(state.run.parks)) consider(until);
  const { run } = state;
  if (run.status !== 'running' || run.halt !== null) return next;
  const { runMs } = state.playbook.limits;
  if (runMs !== null && run.startedAt !== null) consider(run.startedAt + runMs);
  const { recheckMs, giveUpMs } = state.playbook.steps;
  const isIdle = state.effects.size <= state.index.stuck.size;
  if (run.brokenLedger !== null) {
    if (isIdle) consider(run.brokenLedger.since + giveUpMs);
    return next;
  }
  const { failingSince, checkedAt } = run.preflight;
  const isAwaited = state.index.counts.ready > 0 && !isPreflightRunning(state);
  if (failingSince !== null && checkedAt !== null && isAwaited) consider(checkedAt + recheckMs);
  return next;
}
