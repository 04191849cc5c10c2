import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Agent, AgentEvent, AttemptSpec, RunningAttempt } from '../port/agent.ts';
import { markedProcesses } from '../process/process-table.ts';
import { readRecord } from '../process/record.ts';

/** What the suite asks an agent of the subject to do. `go` is a file in its working folder. */
export type Behaviour =
  /** Prints a report that contains the word REPORTED, ends with 0. */
  | 'reports'
  /** Ends with status 3. */
  | 'fails'
  /** Prints WAITING, waits for `go`, then does as `reports`. */
  | 'waits'
  /** Prints WAITING and never ends; `deaf` ignores SIGINT and SIGTERM besides. */
  | 'hangs'
  | 'deaf'
  /** Leaves a process in a session of its own behind; the second then waits for `go`. */
  | 'leaves-daemon'
  | 'waits-with-daemon'
  /** Prints 20 MB and never ends: much more than it may, and little enough should the suite die. */
  | 'floods'
  /** Uses 120 tokens in all. */
  | 'uses'
  /** Is not there. */
  | 'missing'
  /** Prints its environment, one `NAME=value` a line. */
  | 'environment'
  /** Prints its stdin and then the file `COX_PROMPT_FILE`. */
  | 'prompt';

/** What a subject's module exports. null: the behaviour cannot be asked of this agent; its cases pass by. */
export type OpenSubject = (behaviour: Behaviour) => Agent | null;

/** What a case can do with the one attempt it is about. */
export interface Stage {
  readonly spec: AttemptSpec;
  readonly events: AgentEvent[];
  start(): Promise<RunningAttempt>;
  /** Waits until its output has this text. */
  outputHas(text: string): Promise<void>;
  go(): void;
  /** Numbers of the processes of the attempt that run now. */
  processes(): number[];
  /** Starts it from a process of its own, and kills that one once the attempt runs. */
  dieWhileItRuns(): Promise<void>;
  /** Starts it from a process of its own, which dies at a crash point. */
  dieAt(crashPoint: string): Promise<void>;
}

export interface Subject {
  readonly module: string;
  readonly behaviour: Behaviour;
  readonly agent: Agent;
}

/** Sets the stage for one case, and sees to it that nothing of the attempt outlives it. */
export async function onStage(subject: Subject, check: (stage: Stage) => Promise<void>): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'cox-agent-'));
  const spec = specIn(root);
  const events: AgentEvent[] = [];
  let last: RunningAttempt | undefined;
  const processes = (): number[] => {
    const marker = readRecord(spec.folder)?.marker;
    return marker === undefined ? [] : markedProcesses(marker).map(({ pid }) => pid);
  };
  try {
    await check({
      spec,
      events,
      processes,
      start: async () => {
        last = await subject.agent.start(spec, (event) => events.push(event));
        return last;
      },
      outputHas: (text) => until(() => outputOf(spec).includes(text)),
      go: () => writeFileSync(path.join(spec.cwd, 'go'), ''),
      dieWhileItRuns: () => dieWhileItRuns(subject, spec),
      dieAt: (place) => dieAt(subject, spec, place),
    });
    await last?.ended;
    assert.deepEqual(processes(), [], 'processes of the attempt outlived it');
  } finally {
    last?.stop();
    await last?.ended;
    for (const pid of processes()) process.kill(pid, 'SIGKILL');
    rmSync(root, { recursive: true, force: true });
  }
}

function specIn(root: string): AttemptSpec {
  const [folder, cwd] = [path.join(root, 'attempt'), path.join(root, 'work')];
  for (const each of [folder, cwd]) mkdirSync(each);
  return {
    task: 'T-1',
    fence: 1,
    stage: 'work',
    role: 'task-agent',
    folder,
    cwd,
    prompt: 'the prompt: "$HOME" ü\n',
    model: null,
    think: null,
    session: null,
    env: { COX_TASK_ID: 'T-1', COX_STAGE: 'work', COX_ATTEMPT: 'T-1/1', COX_PROJECT: root, COX_WORKTREE: cwd },
    outputBytes: 200_000,
    graceMs: 150,
  };
}

function outputOf({ folder }: AttemptSpec): string {
  const file = path.join(folder, 'output.log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

const DRIVER = `const { module, behaviour, spec } = JSON.parse(process.argv[1]);
const { openSubject } = await import(module);
const { ended } = await openSubject(behaviour).start(spec, () => {});
await ended;`;

async function dieWhileItRuns(subject: Subject, spec: AttemptSpec): Promise<void> {
  const child = drive(subject, spec, {});
  await until(() => outputOf(spec).includes('WAITING'));
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function dieAt(subject: Subject, spec: AttemptSpec, place: string): Promise<void> {
  const [, signal] = await once(drive(subject, spec, { COX_CRASH_AT: place }), 'exit');
  assert.equal(signal, 'SIGKILL', `the crash point ${place} was not met`);
}

function drive({ module, behaviour }: Subject, spec: AttemptSpec, env: Record<string, string>) {
  const task = JSON.stringify({ module: pathToFileURL(module).href, behaviour, spec });
  return spawn(process.execPath, ['--input-type=module', '-e', DRIVER, task], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Waits for a condition that no event tells. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(10);
}
