import type { LedgerChange, RecordEffect } from '../../core/effect.ts';
import type { Failure } from '../../core/failure.ts';
import { formatProblem } from '../../port/problem.ts';
import { crashPoint } from '../../process/crash-point.ts';
import { type Bench, done, interrupted, notDone, type Performed } from '../bench.ts';
import type { EngineParts } from '../parts.ts';
import { pause } from '../pause.ts';

const LOOK_MS = 200;

/**
 * Writes the change to the ledger, commits it alone, and pushes it (T3: each change is one commit naming the task). Each
 * of the three is harmless when done again, so that an outstanding record is simply performed from the start (E2).
 */
export async function performRecord(bench: Bench, effect: RecordEffect): Promise<Performed<'record'>> {
  for (;;) {
    // Taken first: a document mended while we find it broken must count as changed, or it is waited for in vain.
    const before = await bench.parts.ledger.fingerprint();
    const attempt = await bench.ledgerTurns.pass(() => record(bench.parts, effect));
    if (attempt !== 'broken') return attempt;
    // The person is told by the observer; the write waits with everything else until the document is mended.
    if (!(await changedLedger(bench, before)))
      return interrupted(`the ledger was broken and ${effect.task} could not be written to it`);
  }
}

async function record(parts: EngineParts, effect: RecordEffect): Promise<Performed<'record'> | 'broken'> {
  crashPoint('record:before');
  const written = await parts.ledger.record(effect.task, effect.change);
  crashPoint('record:written');
  if (!written.ok) {
    const reading = await parts.ledger.read();
    if (!reading.ok) return 'broken';
    return notDone({
      class: 'document',
      code: 'ledger-unwritable',
      text: `Cannot write ${effect.task} to the ledger: ${written.problems.map(formatProblem).join(' ')}`,
      evidence: '',
    });
  }
  const failure = await publish(parts, effect);
  if (failure !== null) return notDone(failure);
  crashPoint('record:after');
  return done({ kind: 'record', yielded: written.yielded });
}

async function publish(parts: EngineParts, effect: RecordEffect): Promise<Failure | null> {
  const { ledger, git } = parts.playbook;
  if (ledger.sync.commit === 'never') return null;
  const failure = await parts.sync.commit(parts.ledger.files, commitMessage(effect, ledger.words));
  crashPoint('record:committed');
  if (failure !== null || !ledger.sync.push || !git.push || git.remote === null) return failure;
  return parts.sync.push();
}

/** `chore(tasks): MS-SEC-001 in-progress`, or `chore(tasks): BUG-086 to review` for a move (K2). */
function commitMessage({ task, change }: RecordEffect, words: Readonly<Record<LedgerChange['word'], string>>): string {
  const what = change.place === null ? words[change.word] : `to ${change.place}`;
  return `chore(tasks): ${task} ${what}${change.mark === null ? '' : ` (${change.mark})`}`;
}

async function changedLedger(bench: Bench, before: string): Promise<boolean> {
  const { ledger, clock, playbook } = bench.parts;
  const giveUpAt = clock.now() + playbook.steps.giveUpMs;
  while ((await ledger.fingerprint()) === before) {
    if (clock.now() >= giveUpAt) return false;
    if (!(await pause(clock, LOOK_MS, bench.stopping))) return false;
  }
  return true;
}
