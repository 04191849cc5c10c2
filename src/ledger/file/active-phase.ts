import type { PhaseSpec } from '../../core/playbook.ts';
import type { Problem } from '../../port/problem.ts';
import { decodeUtf8 } from '../text/decode.ts';
import { firstTextUnder } from '../text/section.ts';
import { locate, readDocument } from './document-file.ts';

export type ActivePhase =
  | { readonly ok: true; readonly phase: string | null }
  | { readonly ok: false; readonly problem: Problem };

/**
 * P2: the only phase that may run, as another document names it. The line under the heading has to be the name of one
 * phase, or to contain exactly one of them; otherwise nothing is guessed.
 */
export async function readActivePhase(root: string, spec: PhaseSpec, phases: readonly string[]): Promise<ActivePhase> {
  if (spec.active === null) return { ok: true, phase: null };
  const { file, heading } = spec.active;
  const decoded = decodeUtf8(await readDocument(await locate(root, file)));
  const wrong = (text: string): ActivePhase => ({
    ok: false,
    problem: { severity: 'error', code: 'no-active-phase', file, line: 1, column: 1, text },
  });
  if (!decoded.ok) return wrong('the file is not UTF-8; the active phase was expected in it');
  const line = firstTextUnder(decoded.text, heading);
  if (line === null)
    return wrong(`there is no text under a heading "${heading}"; the name of the active phase was expected`);
  const exact = phases.filter((phase) => phase.toLowerCase() === line.toLowerCase());
  const found = exact.length > 0 ? exact : phases.filter((phase) => line.toLowerCase().includes(phase.toLowerCase()));
  if (found.length === 1) return { ok: true, phase: found[0] ?? null };
  const known = phases.map((phase) => `"${phase}"`).join(', ') || 'none';
  return wrong(
    `"${line}" under "${heading}" names ${found.length} phases of the ledger; one of these was expected: ${known}`,
  );
}
