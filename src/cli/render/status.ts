import type { TaskStatus } from '../../core/task.ts';
import type { Style, Terminal } from '../terminal.ts';

const STYLES: Readonly<Record<TaskStatus, Style>> = {
  waiting: 'dim',
  ready: 'cyan',
  running: 'blue',
  gating: 'blue',
  queued: 'blue',
  done: 'green',
  failed: 'red',
  blocked: 'yellow',
  escalated: 'magenta',
  cancelled: 'gray',
};

/** A status word in its colour; trailing blanks of an aligned cell are allowed. */
export function statusWord(terminal: Terminal, padded: string): string {
  const style = Object.entries(STYLES).find(([status]) => status === padded.trimEnd())?.[1];
  return style === undefined ? padded : terminal.style(style, padded);
}
