import { outlive } from './emit.ts';
import { openItems } from './inbox.ts';
import type { Outcome } from './rows.ts';
import { note, type State, taskOf, touchRun } from './state.ts';

/**
 * Ends the run when nothing is in flight and nothing can start by itself (E10, E13). Parked tasks, a pause and a broken
 * ledger are waited for; a person's answer is not: the next run goes on from it (I3, exit status 3).
 */
export function closeRun(state: State): void {
  const { run } = state;
  if (run.status === 'idle' || run.status === 'ended' || run.status === 'paused') return;
  if (!isQuiet(state)) {
    // Something came while the last steps ran: they are done again at the real end.
    if (run.closing !== null && isAnyGoingOn(state)) touchRun(state).closing = null;
    return;
  }
  if (run.closing === null) touchRun(state).closing = 0;
  const { afterRun } = state.playbook.steps;
  for (; run.closing !== null && run.closing < afterRun.length; run.closing += 1) {
    const step = afterRun[run.closing];
    if (step === undefined || step.do === 'checkpoint' || step.do === 'hard-stop') continue;
    outlive(state, {
      kind: 'step',
      key: `run/${run.seq}/${run.closing}-${step.name}`,
      scope: 'afterRun',
      of: '',
      step,
    });
    return;
  }
  const outcome = outcomeOf(state);
  touchRun(state).status = 'ended';
  run.outcome = outcome;
  note(state, null, 'run-ended', `the run ended: ${outcome}`);
}

/** What is stuck until the next run is in flight and does not go on. */
function isAnyGoingOn(state: State): boolean {
  for (const id of state.index.inFlight) {
    const { flight } = taskOf(state, id);
    if (flight !== null && !state.index.stuck.has(flight)) return true;
  }
  return false;
}

function isQuiet(state: State): boolean {
  const { run } = state;
  if (state.effects.size > state.index.stuck.size) return false;
  if (run.status === 'stopping' || run.status === 'draining' || run.halt !== null) return true;
  if (run.brokenLedger !== null) return run.now - run.brokenLedger.since >= state.playbook.steps.giveUpMs;
  if (state.index.counts.ready > 0 && Object.values(run.parks).some((until) => until > run.now)) return false;
  if (state.index.counts.ready > 0 && isPreflightOpen(state)) return false;
  return true;
}

/** The preflight fails and is tried again until the playbook gives up. */
function isPreflightOpen(state: State): boolean {
  return state.run.preflight.passedAt === null && state.run.preflight.failingSince !== null;
}

/** I3. `done` only when every task that this run was about is done, skipped or cancelled by a person. */
function outcomeOf(state: State): Outcome {
  const { run } = state;
  const counts = run.only === null && run.activePhase === null ? state.index.counts : countRelevant(state);
  const left = counts.waiting + counts.ready + counts.running + counts.gating + counts.queued + counts.blocked;
  const isDone = left + counts.failed + counts.escalated === 0;
  if (isDone && openItems(state).length === 0) return 'done';
  if (run.status === 'stopping') return 'interrupted';
  if (run.halt?.code === 'stopped-by-person') return 'interrupted';
  if (run.halt !== null || run.brokenLedger !== null || openItems(state).length > 0) return 'waiting';
  if (run.status === 'draining' && counts.ready > 0) return 'interrupted';
  return left > 0 ? 'deadlock' : 'failed';
}

function countRelevant(state: State): Record<string, number> & State['index']['counts'] {
  const counts = { ...state.index.counts };
  for (const status of Object.keys(counts)) counts[status as keyof typeof counts] = 0;
  const { only, activePhase } = state.run;
  for (const id of only ?? state.tasks.keys()) {
    if (!state.tasks.has(id)) continue;
    const task = taskOf(state, id);
    if (only === null && activePhase !== null && task.fact.phase !== activePhase) continue;
    counts[task.status] += 1;
  }
  return counts;
}
