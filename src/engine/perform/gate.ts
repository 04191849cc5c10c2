import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { GateEffect } from '../../core/effect.ts';
import type { GateOutcome } from '../../core/event.ts';
import type { TaskFact } from '../../core/fact.ts';
import type { Failure } from '../../core/failure.ts';
import type { GateSpec } from '../../core/playbook.ts';
import { crashPoint } from '../../process/crash-point.ts';
import { type Bench, done, interrupted, type Performed } from '../bench.ts';
import { repoName, taskFact } from '../fact.ts';
import type { EngineParts } from '../parts.ts';
import { gateLog } from '../project-files.ts';

/**
 * Runs the gates in order on a clean checkout of exactly the verified commit (T6), and stops at the first red one: what
 * comes after it would tell about a tree that is not accepted anyway.
 */
export async function performGate(
  bench: Bench,
  effect: GateEffect & { key: string },
  signal: AbortSignal,
): Promise<Performed<'gate'>> {
  const { playbook, workspaces } = bench.parts;
  const fact = taskFact(bench, effect.task);
  const gates: GateOutcome[] = [];
  crashPoint('gate:before');
  const place = await workspaces.gatePlace({ repo: repoName(playbook, fact), commit: effect.commit });
  try {
    for (const gate of gatesOf(bench.parts, fact, effect)) {
      crashPoint('gate-run:before');
      const outcome = await runGate(bench, { effect, gate, folder: place.path, signal });
      crashPoint('gate-run:after');
      if (signal.aborted) return done({ kind: 'gate', gates, failure: aborted(gate) });
      if (bench.stopping.aborted) return interrupted(`gate ${gate.name} of ${effect.task} ran`);
      gates.push(outcome);
      if (!outcome.passed) break;
    }
  } finally {
    await place.release();
  }
  crashPoint('gate:after');
  return done({ kind: 'gate', gates, failure: null });
}

function aborted({ name }: GateSpec): Failure {
  return { class: 'gate', code: 'aborted', text: `Gate ${name} was ended because a person said so.`, evidence: '' };
}

/** The gates the stage names, without those the task's repository does not have (T11). */
function gatesOf({ playbook }: EngineParts, fact: TaskFact, effect: GateEffect): readonly GateSpec[] {
  const repo = fact.repo === null ? undefined : playbook.repos[fact.repo];
  const named = effect.gates.length === 0 ? playbook.gates.map(({ name }) => name) : effect.gates;
  const wanted = named.filter((name) => repo?.gates?.includes(name) ?? true);
  return playbook.gates.filter(({ name }) => wanted.includes(name));
}

interface GateRun {
  readonly effect: GateEffect & { key: string };
  readonly gate: GateSpec;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function runGate(bench: Bench, { effect, gate, folder, signal }: GateRun): Promise<GateOutcome> {
  const { root, playbook, gates } = bench.parts;
  const logFile = gateLog(root, effect.task, effect.fence, gate.name);
  await mkdir(path.dirname(logFile), { recursive: true });
  return gates.run({
    gate,
    cwd: gate.cwd === null ? folder : path.join(folder, gate.cwd),
    env: { COX_TASK_ID: effect.task, COX_STAGE: effect.stage, COX_PROJECT: root },
    logFile,
    outputBytes: playbook.limits.gateOutputBytes,
    evidenceBytes: playbook.limits.evidenceBytes,
    graceMs: playbook.limits.graceMs,
    // The effect's key, so that a gate which outlived us is found and ended before it runs again.
    marker: `${root}:${effect.key}:${gate.name}`,
    signal: AbortSignal.any([signal, bench.stopping]),
  });
}
