import { existsSync } from 'node:fs';
import { formatProblem } from '../../port/problem.ts';
import { openProject, type Project, withState } from '../assemble.ts';
import type { Call } from '../call.ts';
import { checkRun } from '../check-run.ts';
import { CliError } from '../cli-error.ts';
import { dryRun } from '../dry-run.ts';
import { escapeLine } from '../render/escape.ts';
import { runCrew } from '../run-crew.ts';
import { unknownTask } from '../unknown-task.ts';

const ACT = 'run';

export async function run(call: Call): Promise<number> {
  const project = await openProject(call.where, ACT);
  await checkTasks(call, project);
  if (call.options.dryRun) return dryRun(call, project);
  // What is refused leaves nothing behind. Where there is a state already, the engine asks once it has the lock.
  if (!existsSync(project.stateFolder)) await checkRun(project);
  return withState(project, (_, store) => runCrew(call, project, store));
}

/** Mistakes in the documents, and names that are none, before anything is taken or started. */
async function checkTasks({ options, terminal }: Call, project: Project): Promise<void> {
  const reading = await project.ledger.read();
  if (!reading.ok) {
    throw new CliError(ACT, 'the documents have mistakes', 'mend them, then `cox lint`', {
      problems: reading.problems,
    });
  }
  for (const problem of [...project.warnings, ...reading.warnings]) {
    terminal.problem(escapeLine(`${formatProblem(problem)} (warning)`));
  }
  const ids = reading.facts.map(({ id }) => id);
  const unknown = (options.task ?? []).find((id) => !ids.includes(id));
  if (unknown !== undefined) throw unknownTask(ACT, unknown, ids);
}
