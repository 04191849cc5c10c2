import { formatProblem, type Problem } from '../port/problem.ts';

/** Exit status of requirement I3. */
export const EXIT = { ok: 0, failed: 1, usage: 2, waiting: 3, bug: 70, interrupted: 130 } as const;

/**
 * Something a person can mend (I5). Printed as `Cannot <act>: <reason>. Next step: <next>.`, after the problems with
 * their places. Text from below (git, the store) may say its own next step, and may begin with `Cannot` itself.
 *
 * @example throw new CliError('run', 'another `cox run` has this project', 'watch it with `cox status`');
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly problems: readonly Problem[];
  readonly status: number;

  constructor(
    act: string,
    reason: string,
    /** null: the reason says it. */
    next: string | null,
    options: { problems?: readonly Problem[]; status?: number } = {},
  ) {
    const what = sentence(reason.startsWith('Cannot ') ? reason : `Cannot ${act}: ${reason}`);
    super(next === null ? what : `${what} Next step: ${sentence(next)}`);
    this.problems = options.problems ?? [];
    this.status = options.status ?? EXIT.usage;
  }

  /** Lines for stderr, problems first. */
  lines(): string[] {
    return [...this.problems.map(formatProblem), this.message];
  }
}

function sentence(text: string): string {
  const trimmed = text.trimEnd();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
