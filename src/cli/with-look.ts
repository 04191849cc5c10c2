import { withProject } from './assemble.ts';
import type { Call } from './call.ts';
import { CliError, EXIT } from './cli-error.ts';
import { type Look, look } from './read-model.ts';
import { escapeLine } from './render/escape.ts';

/**
 * For commands that only look. Documents with mistakes are named on stderr; what they said before is shown all the same,
 * and the exit status is that of a mistake.
 */
export function withLook(call: Call, act: string, show: (look: Look) => number | Promise<number>): Promise<number> {
  return withProject(call, act, async (project, store) => {
    const seen = await look(project, store);
    const { problems } = seen;
    const next = 'mend them, then `cox lint`';
    if (problems.length > 0 && seen.state.tasks.size === 0) {
      throw new CliError(act, 'the documents have mistakes', next, { problems });
    }
    const status = await show(seen);
    if (problems.length === 0) return status;
    const error = new CliError('read the documents', 'they have mistakes; this is what they said before', next, {
      problems,
    });
    for (const line of error.lines()) call.terminal.problem(escapeLine(line));
    return EXIT.usage;
  });
}
