import { setTimeout as pause } from 'node:timers/promises';
import type { OperatorCommand } from '../core/event.ts';
import { refusal } from '../core/operator.ts';
import { step } from '../core/step.ts';
import type { LockHolder, Store } from '../port/store.ts';
import { type Project, withProject } from './assemble.ts';
import type { Call } from './call.ts';
import { CliError, EXIT } from './cli-error.ts';
import { SEEN } from './freshness.ts';
import { observe } from './read-model.ts';
import { escapeLine } from './render/escape.ts';
import { unknownTask } from './unknown-task.ts';

/** How long a live run may take to answer before we leave the command with it. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 40;

export interface Order {
  readonly command: OperatorCommand;
  /** `retry A1`, for messages. */
  readonly act: string;
  /** What to look at when it is refused. */
  readonly next: string;
  /** Without a run there is nothing this could steer. */
  readonly needsRun: boolean;
}

/** Gives a person's command to the run that is on, else does it here under the run's lock (E14). */
export function operate(call: Call, order: Order): Promise<number> {
  return withProject(call, order.act, async (project, store) => {
    const lock = project.takeLock();
    if (!lock.ok) return sendTo(call, store, order, lock.holder);
    try {
      return await doHere(call, project, store, order);
    } finally {
      lock.lock.release();
    }
  });
}

async function sendTo(call: Call, store: Store, order: Order, holder: LockHolder | null): Promise<number> {
  const { command, act } = order;
  const number = await store.send(command, Date.now());
  const who = holder ? `the run (process ${holder.pid})` : 'the run';
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(LOOK_MS)) {
    const outcome = await store.commandOutcome(number);
    if (outcome === undefined) continue;
    if (outcome.refusal !== null) {
      const { tasks } = await store.load();
      throw refused(order, outcome.refusal, new Set(tasks.map(({ id }) => id)));
    }
    call.terminal.line(`${act}: done by ${who}.`);
    return EXIT.ok;
  }
  call.terminal.line(
    `${act}: sent, and ${who} has not answered yet. It is done as soon as the run, or the next one, takes it.`,
  );
  return EXIT.ok;
}

async function doHere(call: Call, project: Project, store: Store, order: Order): Promise<number> {
  const { command, act, needsRun } = order;
  if (needsRun) throw new CliError(act, 'no run is on', 'start one with `cox run`');
  const { state, hasDied, problems } = await observe(project, store);
  if (problems.length > 0)
    throw new CliError(act, 'the documents have mistakes', 'mend them, then `cox lint`', { problems });
  const reason = refusal(state, command);
  if (reason !== null) throw refused(order, reason, new Set(state.tasks.keys()));
  if (hasDied) {
    await store.send(command, Date.now());
    call.terminal.line(`${act}: noted. The last run was cut short; the next \`cox run\` takes it first.`);
    return EXIT.ok;
  }
  const { changes, entry } = step(state, { type: 'operator', at: Date.now(), command });
  if (changes && entry) await store.commit(changes, entry);
  // A retried task stands outside the order in which the quick look lists what is ready.
  await store.setMeta(SEEN, '');
  const notes = (entry?.notes ?? []).map(({ text }) => escapeLine(text));
  call.terminal.line(
    `${act}: ${notes.length > 0 ? notes.join('; ') : 'done'}. The next \`cox run\` goes on from there.`,
  );
  return EXIT.ok;
}

/** `explain` cannot help with a task that is not there: then the ones that are. */
function refused({ command, act, next }: Order, reason: string, ids: ReadonlySet<string>): CliError {
  if ('task' in command && !ids.has(command.task)) return unknownTask(act, command.task, [...ids]);
  return new CliError(act, reason, next);
}
