import type { Problem } from '../../port/problem.ts';
import { formatProblem } from '../../port/problem.ts';
import { openProject } from '../assemble.ts';
import type { Call } from '../call.ts';
import { checkConfig } from '../check-config.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { escapeLine } from '../render/escape.ts';
import { plural } from '../render/unit.ts';

/** L7: everything that is wrong in the configuration, else in the documents. Warnings do not fail. */
export async function run({ where, terminal, options }: Call): Promise<number> {
  const { problems, tasks } = await findProblems(() => openProject(where, 'lint'));
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  if (options.json) {
    terminal.json({ version: 1, ok: errors.length === 0, tasks, problems });
    return errors.length === 0 ? EXIT.ok : EXIT.usage;
  }
  for (const problem of warnings) terminal.problem(escapeLine(`${formatProblem(problem)} (warning)`));
  for (const problem of errors) terminal.problem(escapeLine(formatProblem(problem)));
  if (errors.length > 0) {
    terminal.problem(`${plural(errors.length, 'mistake')}. Nothing was changed.`);
    return EXIT.usage;
  }
  const warned = warnings.length === 0 ? 'no mistakes' : `no mistakes, ${plural(warnings.length, 'warning')}`;
  terminal.line(`${plural(tasks, 'task')}, ${warned}.`);
  return EXIT.ok;
}

async function findProblems(
  open: () => ReturnType<typeof openProject>,
): Promise<{ readonly problems: readonly Problem[]; readonly tasks: number }> {
  try {
    const project = await open();
    const reading = await project.ledger.read();
    const ofConfig = [...project.warnings, ...checkConfig(project)];
    if (!reading.ok) return { problems: [...ofConfig, ...reading.problems], tasks: 0 };
    return { problems: [...ofConfig, ...reading.warnings], tasks: reading.facts.length };
  } catch (error) {
    // Mistakes of the configuration are what was asked for; anything else is a reason why it cannot be told.
    if (error instanceof CliError && error.problems.length > 0) return { problems: error.problems, tasks: 0 };
    throw error;
  }
}
