import type { InboxItem, InboxKind } from './rows.ts';
import { type State, touchRun } from './state.ts';

export interface ItemRequest {
  readonly kind: InboxKind;
  readonly task: string | null;
  readonly of: string | null;
  readonly text: string;
  readonly choices: readonly string[];
}

/** Puts something before a person, and has them told (I6). Returns the item's id. */
export function ask(state: State, request: ItemRequest): string {
  const run = touchRun(state);
  run.items += 1;
  const id = `${request.kind}-${run.items}`;
  const item: InboxItem = { ...request, id, openedAt: run.now, closedAt: null, answer: null };
  state.inbox.set(id, item);
  state.touched.inbox.add(id);
  state.touched.signals.push({ kind: 'notify', item: id, text: request.text });
  return id;
}

export function closeItem(state: State, id: string, answer: string): void {
  const item = state.inbox.get(id);
  if (item === undefined || item.closedAt !== null) return;
  item.closedAt = state.run.now;
  item.answer = answer;
  state.touched.inbox.add(id);
}

export function openItems(state: State): readonly InboxItem[] {
  return [...state.inbox.values()].filter((item) => item.closedAt === null);
}

/** Closes whatever is open about a task: a person acted on it by another way. */
export function closeItemsOf(state: State, task: string, answer: string): void {
  for (const item of openItems(state)) if (item.task === task) closeItem(state, item.id, answer);
}

/** Stops dispatch until a person acts; the first cause stays. */
export function halt(state: State, code: string, text: string, kind: InboxKind): void {
  if (state.run.halt !== null) return;
  const item = ask(state, { kind, task: null, of: null, text, choices: ['retry'] });
  touchRun(state).halt = { code, text, item };
}
