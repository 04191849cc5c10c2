import { formatProblem } from '../../port/problem.ts';
import { type Project, withProject } from '../assemble.ts';
import type { Call } from '../call.ts';
import { CliError } from '../cli-error.ts';
import { dryRun } from '../dry-run.ts';
import { escapeLine } from '../render/escape.ts';
import { runCrew } from '../run-crew.ts';
import { unknownTask } from '../unknown-task.ts';

const ACT = 'run';

export function run(call: Call): Promise<number> {
  return withProject(call, ACT, async (project, store) => {
    await checkTasks(call, project);
    if (call.options.dryRun) return dryRun(call, project, store);
    return runCrew(call, project, store);
  });
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
