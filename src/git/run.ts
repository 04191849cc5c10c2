import {
  type ChildProcess,
  type ExecFileException,
  type ExecFileOptionsWithStringEncoding,
  execFile,
} from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookFirst } from './before-git.ts';
import { FIXED_CONFIG, gitEnvironment } from './environment.ts';
import { commandFailure, fail } from './failure.ts';

export interface GitCall {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `name=value`, for this command only. */
  readonly config?: readonly string[];
  readonly input?: string | Uint8Array;
  /** Output bytes one to one as characters 0-255, for file names that are not UTF-8. */
  readonly isBytes?: boolean;
  readonly timeoutMs?: number;
}

export interface GitResult {
  /** null: it was ended by a signal, the time limit, or could not be started. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout of a large repository on a slow disk takes minutes; nothing we do takes longer. */
const TIMEOUT_MS = 600_000;
const RETRY_MS = [20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000];
/** Another git holds a lock for a moment. A compare-and-swap that lost (`is at X but expected Y`) looks alike and is none. */
const LOCKED = /Unable to create '[^']*\.lock': File exists|could not lock config file/;

let spawned = 0;

/** How many git processes were started since this process began, for the benchmark. */
export function gitProcesses(): number {
  return spawned;
}

/**
 * Runs git once, or a few times while another git holds a lock: no shell, arguments as data, a fixed environment that
 * never asks (M1, S1). The person's hooks are respected. Never rejects for what git says: look at `exitCode`.
 */
export async function git(args: readonly string[], call: GitCall): Promise<GitResult> {
  let result = await once(args, call);
  for (const delay of RETRY_MS) {
    if (result.exitCode === 0 || !LOCKED.test(result.stderr)) break;
    await sleep(delay);
    result = await once(args, call);
  }
  return result;
}

/** The output of a command that is expected to work. @throws GitError `what: why. Next step.` */
export async function gitText(what: string, args: readonly string[], call: GitCall): Promise<string> {
  const result = await git(args, call);
  if (result.exitCode !== 0) throw commandFailure(what, result.stderr);
  return result.stdout;
}

/** For questions that git answers with its exit status: true 0, false 1. @throws GitError for any other. */
export async function gitTest(what: string, args: readonly string[], call: GitCall): Promise<boolean> {
  const result = await git(args, call);
  if (result.exitCode !== 0 && result.exitCode !== 1) throw commandFailure(what, result.stderr);
  return result.exitCode === 0;
}

async function once(args: readonly string[], call: GitCall): Promise<GitResult> {
  await lookFirst();
  spawned += 1;
  const config = [...FIXED_CONFIG, ...(call.config ?? [])].flatMap((setting) => ['-c', setting]);
  // What the system refuses at once (no memory, arguments too long) is thrown, not told.
  const ended = await execute([...config, ...args], call).catch(notStarted);
  const { exitCode, stdout, stderr } = ended;
  return exitCode === null ? { exitCode, stdout, stderr: whyNot(args, call, ended) } : { exitCode, stdout, stderr };
}

interface Ended extends GitResult {
  readonly isTimedOut: boolean;
  /** What kept it from starting or ended it: `ENOENT`, `SIGTERM`. */
  readonly cause: string;
}

/**
 * Node's own `execFile`, not `execa`: a task is a few dozen processes, and what execa puts around each (abort signals,
 * a copy of the environment, stream wrappers) costs as much processor time again as starting it: 2.3 ms against 1.1 ms.
 */
function execute(args: readonly string[], call: GitCall): Promise<Ended> {
  return new Promise((resolve) => {
    let isTimedOut = false;
    const settle = (error: ExecFileException | null, stdout: string, stderr: string): void => {
      clearTimeout(limit);
      clearTimeout(last);
      running.delete(child);
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({
        exitCode,
        stdout,
        stderr,
        isTimedOut,
        cause: `${error?.code ?? error?.signal ?? 'something unknown'}`,
      });
    };
    const child = execFile('git', args, optionsOf(call), settle);
    const end = (signal: NodeJS.Signals): void => {
      isTimedOut = true;
      child.kill(signal);
      // Whoever it started may hold the other end for as long as it likes.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timeoutMs = call.timeoutMs ?? TIMEOUT_MS;
    const limit = setTimeout(end, timeoutMs, 'SIGTERM');
    const last = setTimeout(end, timeoutMs + GRACE_MS, 'SIGKILL');
    running.add(child);
    // It may end without having read everything; what came of that it says itself.
    child.stdin?.on('error', () => undefined).end(call.input);
  });
}

function notStarted(error: NodeJS.ErrnoException): Ended {
  const cause = error.code ?? 'something unknown';
  return { exitCode: null, stdout: '', stderr: error.message, isTimedOut: false, cause };
}

function optionsOf({ cwd, env, isBytes }: GitCall): ExecFileOptionsWithStringEncoding {
  return { cwd, env: gitEnvironment(env), encoding: isBytes ? 'latin1' : 'utf8', maxBuffer: 1_000_000_000 };
}

const GRACE_MS = 5_000;

/** None outlives us where we have a say in it: a push of ours beside the next run's would look like somebody else's. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill();
});

function whyNot(args: readonly string[], call: GitCall, { isTimedOut, cause, stderr }: Ended): string {
  if (cause === 'ENOENT') {
    throw fail(
      'config',
      'no-git',
      `Cannot run git in ${call.cwd}: the program or the folder is missing. Install git 2.38 or newer, and check that the folder exists.`,
    );
  }
  const name = args.find((arg) => !arg.startsWith('-')) ?? 'git';
  if (isTimedOut) return `error: git ${name} did not end within ${(call.timeoutMs ?? TIMEOUT_MS) / 1000} s`;
  return `${stderr}\nerror: git ${name} was ended by ${cause}`;
}
