import type { LedgerReading } from '../port/ledger.ts';
import type { Problem } from '../port/problem.ts';

/** Everything `cox lint` says about a ledger: errors and warnings, in the order of the files and their lines (L7). */
export function lintLedger(reading: LedgerReading): readonly Problem[] {
  const problems = reading.ok ? reading.warnings : reading.problems;
  return problems.toSorted(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
