import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { StepEffect } from '../../core/effect.ts';
import type { CommandStep } from '../../core/playbook.ts';
import { crashPoint } from '../../process/crash-point.ts';
import { type Bench, done, interrupted, type Performed } from '../bench.ts';
import { stateFolder } from '../project-files.ts';
import { unavailable } from './unavailable.ts';

/** A step of a group, a phase or the run: a command of the configuration (K1), in the project's own checkout. */
export async function performStep(bench: Bench, effect: StepEffect & { key: string }): Promise<Performed<'step'>> {
  const { step } = effect;
  if (step.do !== 'check') {
    return done({ kind: 'step', failure: unavailable(`The step \`${step.do}\``), text: '' });
  }
  crashPoint('step:before');
  const performed = await check(bench, step, effect.key);
  crashPoint('step:after');
  return performed;
}

async function check(bench: Bench, step: CommandStep, key: string): Promise<Performed<'step'>> {
  const { root, playbook, gates } = bench.parts;
  const logFile = path.join(stateFolder(root), 'steps', `${key.replaceAll('/', '-')}.log`);
  await mkdir(path.dirname(logFile), { recursive: true });
  const outcome = await gates.run({
    gate: { name: step.name, run: step.run, timeoutMs: step.timeoutMs, cwd: null },
    cwd: root,
    env: { COX_PROJECT: root },
    logFile,
    outputBytes: playbook.limits.gateOutputBytes,
    evidenceBytes: playbook.limits.evidenceBytes,
    graceMs: playbook.limits.graceMs,
    marker: `${root}:${key}`,
    signal: bench.stopping,
  });
  if (bench.stopping.aborted) return interrupted(`the check ${step.name} ran`);
  if (outcome.passed) return done({ kind: 'step', failure: null, text: '' });
  const text = `The check ${step.name} failed: \`${step.run}\`.`;
  return done({
    kind: 'step',
    failure: { class: 'config', code: 'check-failed', text, evidence: outcome.output },
    text,
  });
}
