import type { TaskId } from '../core/fact.ts';

/**
 * A coding tool that can be given a prompt in a folder. Nothing here assumes what it is: a process, a service, a person.
 * Every adapter passes `agentConformance`.
 */
export interface Agent {
  /**
   * Starts the attempt, or takes up one that an earlier life of ours started: the attempt's folder tells which. The
   * output is in files before anyone reads it, so that our death loses nothing (A2).
   */
  start(spec: AttemptSpec, on: (event: AgentEvent) => void): Promise<RunningAttempt>;
}

export interface AttemptSpec {
  readonly task: TaskId;
  readonly fence: number;
  readonly stage: string;
  readonly role: string;
  /** Absolute folder of this attempt, made by the engine; logs, prompt, marker and result live in it. */
  readonly folder: string;
  /** Absolute folder the agent works in. */
  readonly cwd: string;
  readonly prompt: string;
  readonly model: string | null;
  readonly think: number | null;
  readonly session: string | null;
  /** `COX_*` of A5 and the configured ones; the adapter adds its allow-list of ours. */
  readonly env: Readonly<Record<string, string>>;
  readonly outputBytes: number;
  readonly graceMs: number;
}

export interface RunningAttempt {
  /** Resolves once when everything the attempt started is gone; never rejects. */
  readonly ended: Promise<AgentEnd>;
  /** Asks it to end (SIGINT, SIGTERM, SIGKILL with `graceMs` between); `ended` tells when it has. */
  stop(): void;
}

/** A2: the normal form. Adapters keep the raw form in `verbose.jsonl`. */
export type AgentEvent =
  | { readonly type: 'started'; readonly pid: number | null }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool'; readonly name: string; readonly text: string }
  /** What was used since the last such event. */
  | { readonly type: 'usage'; readonly tokens: number; readonly costUsd: number }
  | { readonly type: 'context'; readonly used: number; readonly window: number };

export interface AgentEnd {
  /** `lost`: ended while nobody looked and left no exit status. `refused`: could not be started. */
  readonly ending: 'exited' | 'signalled' | 'stopped' | 'lost' | 'refused' | 'limit' | 'context';
  readonly exitCode: number | null;
  readonly text: string;
  /** Absolute path of the text in which the report is looked for, and of the result file; either may be missing. */
  readonly outputFile: string;
  readonly resultFile: string;
  readonly session: string | null;
  readonly resetAt: number | null;
  readonly handoff: string | null;
  readonly tokens: number;
  readonly costUsd: number;
  /** Processes that were still there after the agent ended, and were ended by us. */
  readonly leftBehind: readonly number[];
}
