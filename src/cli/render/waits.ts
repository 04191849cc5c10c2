import { explain, type Reason } from '../../core/explain.ts';
import type { State } from '../../core/state.ts';
import { escapeLine } from './escape.ts';

const GROUPS = 4;
const NAMED = 4;

/** What waits and for what, in one line: `waits: A2, A3 for A1; B1 for Phase 2`. Empty: nothing waits. */
export function waitsLine(state: State): string {
  const groups = new Map<string, string[]>();
  const tasks = [...state.tasks.values()].sort((a, b) => a.fact.order - b.fact.order);
  for (const { id, status } of tasks) {
    if (status !== 'waiting' && status !== 'ready') continue;
    const reason = explain(state, id)?.reasons[0];
    if (reason === undefined) continue;
    const cause = causeOf(reason);
    groups.set(cause, [...(groups.get(cause) ?? []), id]);
  }
  if (groups.size === 0) return '';
  const told = [...groups].slice(0, GROUPS).map(([cause, ids]) => `${named(ids)} ${cause}`);
  return escapeLine(`waits: ${told.join('; ')}${groups.size > GROUPS ? '; ...' : ''}`);
}

function named(ids: readonly string[]): string {
  return ids.length <= NAMED
    ? ids.join(', ')
    : `${ids.slice(0, NAMED - 1).join(', ')} and ${ids.length - NAMED + 1} more`;
}

function causeOf({ code, on, text }: Reason): string {
  switch (code) {
    case 'dependency':
    case 'phase':
    case 'group':
    case 'resource':
      return `for ${on}`;
    case 'limit':
      return 'for a free place';
    default:
      return `(${text})`;
  }
}
