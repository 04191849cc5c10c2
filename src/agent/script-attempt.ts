import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Action, Occasion, Step } from './scenario.ts';
import { dateOf, scriptGit } from './script-git.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the script agent knows while it runs. */
export interface Attempt {
  readonly task: string;
  readonly stage: string;
  readonly env: Environment;
  readonly cwd: string;
  readonly steps: readonly Step[];
  readonly git: (...args: string[]) => string;
  /** Commit it started from; empty: there is no repository here. */
  readonly start: string;
}

export function attemptOf(env: Environment, stepsFor: (occasion: Occasion) => readonly Step[]): Attempt {
  const task = env.COX_TASK_ID ?? 'task';
  const stage = env.COX_STAGE ?? 'work';
  const attempt = Number(/\d+$/.exec(env.COX_ATTEMPT ?? '1')?.[0] ?? 1);
  const cwd = process.cwd();
  const git = scriptGit(cwd, env, dateOf(task));
  const start = existsSync(path.join(env.COX_WORKTREE ?? cwd, '.git')) ? git('rev-parse', 'HEAD') : '';
  return { task, stage, env, cwd, git, start, steps: stepsFor({ task, attempt, stage }) };
}

export function has({ steps }: Attempt, action: Action): boolean {
  return steps.some((step) => step.action === action);
}

export function argumentOf({ steps }: Attempt, action: Action): string {
  return steps.find((step) => step.action === action)?.value ?? '';
}
