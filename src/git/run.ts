import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
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
  spawned += 1;
  const config = [...FIXED_CONFIG, ...(call.config ?? [])].flatMap((setting) => ['-c', setting]);
  const ended = await execa('git', [...config, ...args], {
    cwd: call.cwd,
    env: gitEnvironment(call.env),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    encoding: call.isBytes ? 'latin1' : 'utf8',
    timeout: call.timeoutMs ?? TIMEOUT_MS,
    maxBuffer: 1_000_000_000,
    ...(call.input === undefined ? { stdin: 'ignore' as const } : { input: call.input }),
  });
  if (ended.exitCode !== undefined) {
    return { exitCode: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
  }
  return { exitCode: null, stdout: ended.stdout ?? '', stderr: whyNot(args, call, ended) };
}

interface Ended {
  readonly timedOut: boolean;
  readonly code?: string | undefined;
  readonly signal?: string | undefined;
  readonly stderr?: string | undefined;
  readonly cwd: string;
}

function whyNot(args: readonly string[], call: GitCall, ended: Ended): string {
  if (ended.code === 'ENOENT') {
    throw fail(
      'config',
      'no-git',
      `Cannot run git in ${call.cwd}: the program or the folder is missing. Install git 2.38 or newer, and check that the folder exists.`,
    );
  }
  const name = args.find((arg) => !arg.startsWith('-')) ?? 'git';
  if (ended.timedOut) return `error: git ${name} did not end within ${(call.timeoutMs ?? TIMEOUT_MS) / 1000} s`;
  return `${ended.stderr ?? ''}\nerror: git ${name} was ended by ${ended.signal ?? ended.code ?? 'something unknown'}`;
}
