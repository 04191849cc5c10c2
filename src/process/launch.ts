import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { identify, type ProcessIdentity } from './identity.ts';
import { MARKER_VARIABLE } from './process-table.ts';

/** How a program ended: one of the two is not null. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface LaunchSpec {
  /** Absolute program and its arguments; no shell looks at them. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment; nothing of ours is added but the marker. */
  readonly env: Readonly<Record<string, string>>;
  readonly marker: string;
  /** Files; null: closed, or thrown away. Output is appended. */
  readonly stdin: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Launched =
  | { readonly ok: true; readonly identity: ProcessIdentity; readonly exited: Promise<ExitStatus> }
  | { readonly ok: false; readonly text: string };

/**
 * Starts a program in a session and process group of its own, with its output going straight to files: our death takes
 * no byte and no process with it (A2, DESIGN trap 8).
 *
 * This is Node's `spawn` and not `execa`, whose value is in pipes, buffers and clean-up when we exit: all three are what
 * must not happen here.
 */
export async function launch(spec: LaunchSpec): Promise<Launched> {
  const files: number[] = [];
  const open = (file: string, flags: string): number => {
    const fd = openSync(file, flags);
    files.push(fd);
    return fd;
  };
  try {
    const [program, ...args] = spec.command;
    const stdin = spec.stdin === null ? 'ignore' : open(spec.stdin, 'r');
    const child = spawn(program, args, {
      cwd: spec.cwd,
      env: { ...spec.env, [MARKER_VARIABLE]: spec.marker },
      detached: true,
      stdio: [stdin, open(spec.stdout, 'a'), open(spec.stderr, 'a')],
    });
    return await started(child);
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const fd of files) closeSync(fd);
  }
}

async function started(child: ChildProcess): Promise<Launched> {
  const { pid } = child;
  if (pid === undefined) {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve));
    return { ok: false, text: error.message };
  }
  const exited = new Promise<ExitStatus>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  // Not reaped before the event loop turns, so its entry in the process table is there, if only as a zombie's.
  return { ok: true, identity: identify(pid) ?? { pid, start: '', boot: '' }, exited };
}
