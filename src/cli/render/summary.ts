import type { Outcome } from '../../core/rows.ts';
import type { State } from '../../core/state.ts';
import { summary } from '../../core/summary.ts';
import { escapeLine } from './escape.ts';
import { plural, tokens } from './unit.ts';

const NAMED = 20;

/** T10: the four lines of the seed's session summary, after a sentence that says how the run ended. */
export function summaryLines(state: State, outcome: Outcome, reason: string | null): string[] {
  const { completed, quality, remaining, next, cause } = summary(state);
  const isOver = outcome === 'done' && remaining.length === 0;
  const lines = [
    ending(state, outcome, reason ?? cause),
    '',
    `Completed: ${list(completed.map(({ id, usedTokens, estimate }) => `${id}${cost(usedTokens, estimate)}`))}`,
    `Quality:   ${qualityText(quality)}`,
    `Remaining: ${list(remaining.map(({ id, status }) => `${id} (${status})`))}`,
    `Next:      ${next.length > 0 ? next.join(', ') : isOver ? 'nothing, all tasks are done' : nextStep(state, outcome)}`,
  ];
  return lines.map(escapeLine);
}

function ending({ tasks }: State, outcome: Outcome, cause: string | null): string {
  const because = cause === null ? '' : `: ${cause}`;
  switch (outcome) {
    case 'done':
      return `All is done (${plural(tasks.size, 'task')}).`;
    case 'failed':
      return `Ended with failures${because}`;
    case 'deadlock':
      return `Stopped, nothing more can start${because}`;
    case 'waiting':
      return `Waits for you${because}`;
    case 'interrupted':
      return 'Stopped. The state is saved; `cox run` goes on from here.';
  }
}

function qualityText({ gatesPassed, failed }: ReturnType<typeof summary>['quality']): string {
  const passed = gatesPassed === 0 ? 'no task passed its gates' : `gates passed for ${plural(gatesPassed, 'task')}`;
  if (failed.length === 0) return `${passed}, no failures`;
  return `${passed}; failed: ${list(failed.map(({ id, text }) => `${id} (${text})`))}`;
}

function nextStep({ inbox }: State, outcome: Outcome): string {
  if (outcome === 'interrupted') return '`cox run`';
  if ([...inbox.values()].some(({ closedAt }) => closedAt === null)) return '`cox inbox`';
  if (outcome === 'waiting') return 'mend that, then `cox run`';
  return '`cox blocked` says what holds the rest up';
}

function cost(used: number, estimate: number | null): string {
  if (used === 0) return '';
  return estimate === null ? ` (${tokens(used)})` : ` (${tokens(used)} of ${tokens(estimate)})`;
}

function list(items: readonly string[]): string {
  if (items.length === 0) return 'none';
  return items.length <= NAMED
    ? items.join(', ')
    : `${items.slice(0, NAMED).join(', ')} and ${items.length - NAMED} more`;
}
