import type { InboxItem } from '../../core/rows.ts';

/** An item and the commands that answer it. */
export function inboxLines({ id, kind, task, of, text, choices, closedAt, answer }: InboxItem): string[] {
  const about = task ?? of;
  const head = `${id}  ${kind}${about === null ? '' : ` of ${about}`}: ${text}`;
  if (closedAt !== null) return [head, `  answered: ${answer ?? ''}`];
  return [head, ...choices.map((choice) => `  ${commandFor(id, choice)}`)];
}

function commandFor(id: string, choice: string): string {
  if (choice === 'approve') return `cox approve ${id}`;
  if (choice === 'stop') return `cox reject ${id}`;
  if (choice === 'retry-failed') return `cox reject ${id} --retry-failed`;
  return `cox answer ${id} ${choice}`;
}
