import type { Outcome } from '../../core/rows.ts';
import type { State } from '../../core/state.ts';
import { type Asked, type Summary, summary } from '../../core/summary.ts';
import { escapeLine } from './escape.ts';
import { plural, tokens } from './unit.ts';

const NAMED = 20;
const ASKED = 3;

/** T10: the four lines of the seed's session summary, after a sentence that says how the run ended. */
export function summaryLines(state: State, outcome: Outcome, reason: string | null): string[] {
  const seen = summary(state);
  const { completed, skipped, quality, remaining, cause } = seen;
  const lines = [
    ending(state, seen, outcome, reason ?? cause),
    '',
    `Completed: ${list(completed.map(({ id, usedTokens, estimate }) => `${id}${cost(usedTokens, estimate)}`))}`,
    ...(skipped.length > 0 ? [`Skipped:   ${list(skipped)}`] : []),
    `Quality:   ${qualityText(quality)}`,
    `Remaining: ${list(remaining.map(({ id, status }) => `${id} (${status})`))}`,
    `Next:      ${nextText(seen, outcome)}`,
  ];
  return lines.map(escapeLine);
}

function ending({ tasks }: State, seen: Summary, outcome: Outcome, cause: string | null): string {
  const because = cause === null ? '' : `: ${cause}`;
  switch (outcome) {
    case 'done':
      return doneText(seen, tasks.size);
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

/** A run that was about some tasks says nothing of the others but that they are there. */
function doneText({ chosen, remaining }: Summary, all: number): string {
  const left = remaining.length;
  if (left === 0) return `All is done (${plural(all, 'task')}).`;
  const rest = `${left} ${left === 1 ? 'is' : 'are'} left.`;
  if (chosen === null) return `Nothing is left to do here; ${rest}`;
  const what = chosen.by === 'phase' ? 'the active phase' : 'this run';
  return chosen.done === 1
    ? `The 1 task of ${what} is done; ${rest}`
    : `The ${chosen.done} tasks of ${what} are done; ${rest}`;
}

function qualityText({ gatesPassed, repaired, failed }: Summary['quality']): string {
  const parts = [gatesPassed === 0 ? 'no task passed its gates' : `gates passed for ${plural(gatesPassed, 'task')}`];
  if (repaired.length > 0) parts.push(`${repaired.length} needed more than one attempt (${list(repaired)})`);
  if (failed.length > 0) parts.push(`failed: ${list(failed.map(({ id, text }) => `${id} (${text})`))}`);
  return parts.length === 1 ? `${parts[0]}, no failures` : parts.join('; ');
}

/** What a person has to do comes before what the crew would do. */
function nextText({ asked, next, remaining }: Summary, outcome: Outcome): string {
  if (asked.length > 0 && outcome !== 'interrupted') return askedText(asked);
  if (outcome === 'waiting') return 'do what is said above, then `cox run`';
  if (outcome === 'interrupted') return '`cox run`';
  if (next.length > 0) return next.join(', ');
  return remaining.length === 0 ? 'nothing, all tasks are done' : '`cox blocked` says what holds the rest up';
}

function askedText(asked: readonly Asked[]): string {
  const told = asked.slice(0, ASKED).map(({ what, item, about, isMended }) => {
    if (what === 'ledger') return 'mend the document (`cox lint`)';
    if (item === null) return 'do what is said above';
    return `${isMended ? 'see to' : 'answer'} ${item}${about === null ? '' : ` (${about})`}`;
  });
  const more = asked.length > ASKED ? ` and ${asked.length - ASKED} more` : '';
  const how = asked.some(({ item }) => item !== null) ? '; `cox inbox` says how' : '';
  return `${told.join(', ')}${more}${how}, then \`cox run\``;
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
