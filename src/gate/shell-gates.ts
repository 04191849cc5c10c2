import { rmSync } from 'node:fs';
import type { GateOutcome } from '../core/event.ts';
import type { Clock } from '../port/clock.ts';
import type { GateRequest, Gates } from '../port/gate.ts';
import { allowedEnvironment } from '../process/environment.ts';
import { type ExitStatus, launch } from '../process/launch.ts';
import { fileBytes, keepHeadAndTail, tailText } from '../process/output.ts';
import { type ProcessTree, processTree } from '../process/tree.ts';

// How long a flood may go unseen: at memory speed this is some hundred megabytes.
const LOOK_MS = 50;

export interface ShellGateOptions {
  readonly clock: Clock;
  /** Names of our variables that gates may see besides the allow-list: they run what agents wrote (A3). */
  readonly passEnv?: readonly string[];
}

/**
 * Gates as shell lines of the user's configuration (T6, S1). Each runs in a process group of its own with
 * `request.marker`, which must be the same for the same run in every life of ours and no other's: what an earlier life left
 * running under it is ended first. Timeout and abort end the whole tree (E6). A gate that prints more than `outputBytes`
 * keeps the first and last half of it and goes on: much output is no reason to be red.
 */
export function openShellGates({ clock, passEnv = [] }: ShellGateOptions): Gates {
  return { run: (request) => runGate(request, clock, { ...allowedEnvironment(passEnv), ...request.env }) };
}

async function runGate(request: GateRequest, clock: Clock, env: Record<string, string>): Promise<GateOutcome> {
  const { gate, cwd, logFile, marker, graceMs } = request;
  const begun = clock.now();
  const outcome = (passed: boolean, note = ''): GateOutcome => ({
    name: gate.name,
    passed,
    ms: clock.now() - begun,
    output: evidence(request, note),
  });
  await processTree(marker, null).end({ graceMs, from: 'SIGTERM' });
  rmSync(logFile, { force: true });
  if (request.signal.aborted) return outcome(false, 'It was not run: the run was stopped.');
  const launched = await launch({
    command: ['/bin/sh', '-c', gate.run],
    cwd,
    env,
    marker,
    stdin: null,
    stdout: logFile,
    stderr: logFile,
  });
  if (!launched.ok) return outcome(false, `It could not be started: ${launched.text}.`);
  const tree = processTree(marker, launched.identity);
  const { status, cause } = await untilEnd(request, { clock, tree, exited: launched.exited });
  keepHeadAndTail(logFile, request.outputBytes);
  if (cause !== null) return outcome(false, cause);
  return outcome(status.code === 0, status.code === 0 ? '' : endNote(status));
}

interface Running {
  readonly clock: Clock;
  readonly tree: ProcessTree;
  readonly exited: Promise<ExitStatus>;
}

/** Waits until the gate and everything it started is gone. `cause`: why we ended it; null: it ended by itself. */
async function untilEnd(
  { gate, logFile, outputBytes, graceMs, signal }: GateRequest,
  { clock, tree, exited }: Running,
): Promise<{ status: ExitStatus; cause: string | null }> {
  let cause: string | null = null;
  let ending: Promise<unknown> | undefined;
  const end = (text: string): void => {
    cause ??= text;
    ending ??= tree.end({ graceMs });
  };
  const onAbort = (): void => end('It was ended: the run was stopped.');
  const cancel = clock.after(gate.timeoutMs, () => end(`It was ended after ${gate.timeoutMs / 1000} s (timeout).`));
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const timer = setInterval(() => keepHeadAndTail(logFile, outputBytes), LOOK_MS);
  try {
    const status = await exited;
    // Told before the leftovers are ended, so that a late abort does not turn a finished gate red.
    const told = { status, cause };
    await (ending ?? tree.end({ graceMs, from: 'SIGTERM' }));
    return told;
  } finally {
    clearInterval(timer);
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

function endNote({ code, signal }: ExitStatus): string {
  return signal === null ? `It ended with exit status ${code}.` : `It was ended by ${signal}.`;
}

/** The end of the log within `evidenceBytes`, and how it ended below it: what a retry is told. */
function evidence({ logFile, evidenceBytes }: GateRequest, note: string): string {
  const line = note === '' ? '' : `[coxswain: ${note}]\n`;
  const tail = fileBytes(logFile) === 0 ? '' : tailText(logFile, Math.max(0, evidenceBytes - line.length));
  return tail === '' || tail.endsWith('\n') ? tail + line : `${tail}\n${line}`;
}
