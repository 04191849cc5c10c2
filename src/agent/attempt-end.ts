import type { AgentEnd, AttemptSpec } from '../port/agent.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import type { ExitStatus } from '../process/launch.ts';
import type { AttemptFiles } from './attempt-files.ts';
import type { Usage } from './usage.ts';

export interface EndFacts {
  readonly files: AttemptFiles;
  readonly spec: AttemptSpec;
  /** null: it left none. */
  readonly status: ExitStatus | null;
  readonly isStopped: boolean;
  readonly isFlooded: boolean;
  /** Still there after its program ended. */
  readonly left: readonly ProcessIdentity[];
  readonly usage: Usage;
}

/** The end of a process-based attempt in the words of the port. */
export function endOf(facts: EndFacts): AgentEnd {
  const { status, isFlooded, isStopped } = facts;
  const base = { ...nothing(facts.files), ...facts.usage, leftBehind: facts.left.map(({ pid }) => pid) };
  const exitCode = status?.code ?? null;
  if (isFlooded) return { ...base, ending: 'signalled', exitCode: null, text: floodText(facts.spec.outputBytes) };
  if (isStopped) return { ...base, ending: 'stopped', exitCode, text: 'It was ended because it was asked to stop.' };
  if (status === null) {
    return { ...base, ending: 'lost', exitCode, text: 'Its process is gone and left no exit status.' };
  }
  if (status.signal !== null) {
    return { ...base, ending: 'signalled', exitCode, text: `It was ended by ${status.signal}, which we did not send.` };
  }
  return { ...base, ending: 'exited', exitCode, text: `It ended with exit status ${status.code}.` };
}

/** It was never started; `text` is the whole sentence. */
export function refused(files: AttemptFiles, text: string): AgentEnd {
  return { ...nothing(files), ending: 'refused', exitCode: null, text };
}

function nothing(files: AttemptFiles) {
  return {
    outputFile: files.output,
    resultFile: files.result,
    session: null,
    resetAt: null,
    handoff: null,
    tokens: 0,
    costUsd: 0,
    leftBehind: [],
  };
}

function floodText(bytes: number): string {
  return `It printed more than ${bytes} bytes and was ended (limits.attemptOutputBytes); the first and the last part are kept.`;
}
