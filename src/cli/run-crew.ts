import type { Outcome } from '../core/rows.ts';
import type { State } from '../core/state.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { ProgressMessage } from '../engine/progress.ts';
import { stopOnSignals } from '../engine/shutdown.ts';
import type { Store } from '../port/store.ts';
import type { Project } from './assemble.ts';
import { assembleRun } from './assemble-run.ts';
import type { Call } from './call.ts';
import { CliError, EXIT } from './cli-error.ts';
import { escapeLine } from './render/escape.ts';
import { runLines } from './render/run-lines.ts';
import { summaryLines } from './render/summary.ts';
import { plural } from './render/unit.ts';
import { type WatchedStore, watchStore } from './watch-store.ts';
import { observeInMemory } from './without-writing.ts';

/** I3. */
const STATUS_OF: Readonly<Record<Outcome, number>> = {
  done: EXIT.ok,
  failed: EXIT.failed,
  deadlock: EXIT.failed,
  waiting: EXIT.waiting,
  interrupted: EXIT.interrupted,
};

/** Runs the crew with a line for each thing that happens, and the summary at the end. Resolves with the exit status. */
export async function runCrew({ options, terminal }: Call, project: Project, store: Store): Promise<number> {
  const watched = watchStore(store);
  let end: Extract<ProgressMessage, { type: 'run-ended'; counts: unknown }> | undefined;
  const tell = options.json
    ? (message: ProgressMessage) => terminal.json(message, { compact: true })
    : runLines(terminal, project.playbook, watched);
  const engine = await assembleRun(project, watched.store, (message) => {
    if ('counts' in message) end = message;
    tell(message);
  });
  if (!options.json && !project.isHeld()) terminal.line(begin(project));
  const outcome = await guarded(() => engine.run({ only: options.task ?? null, limit: options.limit ?? null }), engine);
  if (!options.json)
    terminal.lines(['', ...summaryLines(await endState(project, watched, outcome), outcome, end?.text ?? null)]);
  return STATUS_OF[outcome];
}

/** A run that was refused at its start has not looked at the documents: what is left is in them all the same. */
async function endState(project: Project, watched: WatchedStore, outcome: Outcome): Promise<State> {
  return outcome === 'waiting' ? (await observeInMemory(project)).state : watched.state(project.playbook);
}

function begin({ root, playbook }: Project): string {
  const limit = plural(playbook.admission.limit, 'agent');
  return escapeLine(`${playbook.name} in ${root}, at most ${limit} at once. Ctrl-C stops, and saves what there is.`);
}

async function guarded(run: () => Promise<Outcome>, engine: Parameters<typeof stopOnSignals>[0]): Promise<Outcome> {
  const release = stopOnSignals(engine);
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { message, next, problems, code } = error;
    const status = code === 'aborted' ? EXIT.interrupted : EXIT.usage;
    throw new CliError('run', message, next, { problems, status });
  } finally {
    release();
  }
}
