import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Agent, AgentEnd, AgentEvent, AttemptSpec } from '../port/agent.ts';

/** What a scripted attempt does; `stopped` resolves when it is asked to end. */
export type MemoryAct = (
  spec: AttemptSpec,
  tools: { readonly on: (event: AgentEvent) => void; readonly stopped: Promise<void> },
) => Promise<MemoryEnd> | MemoryEnd;

/** `report` is written to the result file as it is. */
export type MemoryEnd = Partial<AgentEnd> & { readonly report?: string };

/** An agent that is a function. It knows nothing of earlier lives: a restart starts it anew. */
export function openMemoryAgent(act: MemoryAct): Agent {
  return {
    async start(spec, on) {
      const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
      on({ type: 'started', pid: null });
      return { ended: end(spec, act(spec, { on, stopped })), stop };
    },
  };
}

async function end(spec: AttemptSpec, act: Promise<MemoryEnd> | MemoryEnd): Promise<AgentEnd> {
  const { report, ...ended } = await act;
  const resultFile = path.join(spec.folder, 'result.json');
  if (report !== undefined) writeFileSync(resultFile, report);
  return {
    ending: 'exited',
    exitCode: 0,
    text: 'It ended with exit status 0.',
    outputFile: path.join(spec.folder, 'output.log'),
    resultFile,
    session: null,
    resetAt: null,
    handoff: null,
    tokens: 0,
    costUsd: 0,
    leftBehind: [],
    ...ended,
  };
}
