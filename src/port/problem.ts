/** Something in a document that cannot be understood, with its place (I5, section 4 law 4). */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable, for programs: `duplicate-id`, `unknown-status`, `cycle`, ... */
  readonly code: string;
  /** Relative to the project root. */
  readonly file: string;
  /** 1-based; columns count Unicode code points. */
  readonly line: number;
  readonly column: number;
  /** What is wrong, and what was expected. */
  readonly text: string;
}

/** `file:line:column: text`, the one way a problem is printed. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.text}`;
}
