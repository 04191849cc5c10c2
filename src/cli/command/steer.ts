import type { Call } from '../call.ts';
import { operate } from '../operate.ts';

/** `cox retry ID` and its siblings. */
export function steerTask(what: 'retry' | 'skip' | 'cancel' | 'release'): (call: Call) => Promise<number> {
  return (call) => {
    const [task = ''] = call.args;
    const next = `see \`cox explain ${task}\``;
    return operate(call, { command: { do: what, task }, act: `${what} ${task}`, next, needsRun: false });
  };
}

/** `cox pause` and its siblings: about the run that is on. */
export function steerRun(what: 'pause' | 'resume' | 'drain' | 'stop'): (call: Call) => Promise<number> {
  return (call) =>
    operate(call, { command: { do: what }, act: `${what} the run`, next: 'see `cox status`', needsRun: true });
}
