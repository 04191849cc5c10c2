import path from 'node:path';
import type { AttemptSpec } from '../port/agent.ts';

/** Where an attempt's files lie (ARCHITECTURE.md, Files of a project). */
export interface AttemptFiles {
  readonly prompt: string;
  readonly output: string;
  readonly stderr: string;
  readonly result: string;
  /** Written when we ask it to end: whoever takes the attempt up then knows that it did not end by itself. */
  readonly stop: string;
}

export function attemptFiles({ folder, env }: AttemptSpec): AttemptFiles {
  return {
    prompt: path.join(folder, 'prompt.md'),
    output: path.join(folder, 'output.log'),
    stderr: path.join(folder, 'stderr.log'),
    result: env.COX_RESULT_FILE ?? path.join(folder, 'result.json'),
    stop: path.join(folder, 'stop'),
  };
}
