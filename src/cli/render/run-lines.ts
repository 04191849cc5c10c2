import type { Playbook } from '../../core/playbook.ts';
import { view } from '../../core/view.ts';
import type { ProgressMessage } from '../../engine/progress.ts';
import type { Style, Terminal } from '../terminal.ts';
import type { WatchedStore } from '../watch-store.ts';
import { escapeLine } from './escape.ts';
import { progressText } from './progress.ts';
import { clockTime, duration, tokens } from './unit.ts';
import { waitsLine } from './waits.ts';
import { padEnd } from './width.ts';

/** With more tasks, what waits is left to `cox status`: telling it after each task would cost more than the task. */
const TOLD_WAITS = 500;

/** Notes that say nothing a person watching needs; `cox logs` has them. */
const QUIET = new Set(['dispatched', 'progress', 'gates-passed', 'stale', 'queued', 'candidate-stale', 'refused']);
/** After these, other tasks may start or wait for something else. */
const TURNS = new Set(['done', 'failed', 'blocked', 'escalated', 'cancelled', 'released', 'skipped']);
const STYLES: Readonly<Record<string, Style>> = {
  done: 'green',
  failed: 'red',
  blocked: 'yellow',
  escalated: 'magenta',
  'ledger-broken': 'red',
  'effect-failed': 'red',
  'person-wins': 'yellow',
};

/** Plain lines of a run: when, which task, what. One line an event, so that they can be kept and searched. */
export function runLines(
  terminal: Terminal,
  playbook: Playbook,
  watched: WatchedStore,
): (message: ProgressMessage) => void {
  /** Why the next start of a task is another try. */
  const again = new Map<string, string>();
  let waits = '';
  /** What went wrong last, for the run as a whole: several effects fail of one cause. */
  let trouble = '';

  const tell = (at: number, task: string | null, text: string, style?: Style): void => {
    const name = padEnd(escapeLine(task ?? ''), 10);
    const what = escapeLine(text);
    terminal.line(`${terminal.style('dim', clockTime(at))}  ${name}  ${style ? terminal.style(style, what) : what}`);
  };
  const tellWaits = (at: number): void => {
    if (watched.size > TOLD_WAITS) return;
    const now = waitsLine(watched.state(playbook));
    if (now !== '' && now !== waits) tell(at, null, now, 'dim');
    waits = now;
  };
  const tellStart = (at: number, task: string, stage: string, agent: string): void => {
    const why = again.get(task);
    const attempts = watched.task(task)?.attempts ?? 1;
    again.delete(task);
    const by = agent === 'default' ? '' : ` with ${agent}`;
    if (attempts > 1)
      tell(at, task, `attempt ${attempts} of ${stage}${by}${why === undefined ? '' : ` because ${why}`}`);
    else tell(at, task, `started ${stage}${by}`);
    tellWaits(at);
  };

  return (message) => {
    if ('stage' in message && message.type === 'started')
      return tellStart(message.at, message.task, message.stage, message.agent);
    if ('gate' in message) {
      const took = duration(message.ms);
      if (message.passed) return tell(message.at, message.task, `gate ${message.gate} passed in ${took}`);
      return tell(message.at, message.task, `gate ${message.gate} FAILED after ${took}`, 'red');
    }
    if ('ending' in message) {
      const used = message.tokens > 0 ? `, ${tokens(message.tokens)} tokens` : '';
      const how = message.ending === 'exited' && message.text.includes('status 0') ? '' : `: ${message.text}`;
      return tell(message.at, message.task, `agent ended${used}${how}`, 'dim');
    }
    if ('commit' in message) return tell(message.at, message.task, `landed ${message.commit.slice(0, 10)}`);
    if (message.type === 'asked') {
      terminal.bell();
      const what = message.text === trouble ? 'that; `cox inbox` has it' : message.text;
      return terminal.line(terminal.style('magenta', escapeLine(`Waits for you: ${what}`)));
    }
    if (message.type === 'problem') return terminal.line(terminal.style('yellow', escapeLine(message.text)));
    if ('seq' in message) note(message);
  };

  function note({ type, at, task, text }: Extract<ProgressMessage, { seq: number }>): void {
    if (QUIET.has(type) || (type === 'effect-failed' && text === trouble)) return;
    if (type === 'effect-failed') trouble = text;
    if (task !== null && type === 'again') {
      // Told with the start that follows from it.
      again.set(task, withoutId(task, text).replace(/^tries again after: /, ''));
      return;
    }
    const isDone = type === 'done' && task !== null;
    const told = task === null ? text : failureTold(type, withoutId(task, text));
    const progress = isDone ? progressText(view(watched.state(playbook)).progress) : '';
    tell(at, task, isDone ? `done (${progress})` : told, STYLES[type]);
    if (TURNS.has(type)) tellWaits(at);
  }
}

/** `failed-gate`, `stage work: ...`: the class of a failure is told with it (E9). */
function failureTold(type: string, text: string): string {
  return type.startsWith('failed-') ? `failed (${type.slice('failed-'.length)}) at ${text}` : text;
}

/** The name stands before it already. */
function withoutId(task: string, text: string): string {
  for (const start of [`${task} is `, `${task} `, `${task}, `, `${task}: `])
    if (text.startsWith(start)) return text.slice(start.length);
  return text;
}
