import { spawn } from 'node:child_process';
import { existsSync, writeSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { type Action, parseScenario } from './scenario.ts';
import { attemptOf, type Environment, has } from './script-attempt.ts';
import { scriptReport } from './script-report.ts';
import { after, work } from './script-work.ts';

/**
 * The `script` agent itself: does what the lines of a scenario say for the task of `env`, in the current folder, and
 * resolves with its exit status. What it writes depends on task and stage alone, not on the attempt, so that a run with
 * more attempts ends with the same trees.
 */
export async function runScript(lines: readonly string[], env: Environment): Promise<number> {
  const scenario = parseScenario(lines);
  if (!scenario.ok) {
    writeSync(2, `Cannot run: ${scenario.text}.\n`);
    return 2;
  }
  const attempt = attemptOf(env, (occasion) => scenario.steps(occasion));
  for (const { action, value } of attempt.steps) {
    const status = await before(action, value);
    if (status !== null) return status;
  }
  if (!has(attempt, 'blocked')) work(attempt);
  for (const step of attempt.steps) after(attempt, step);
  const report = scriptReport(attempt);
  if (report !== null) say(report);
  if (has(attempt, 'other-branch')) attempt.git('switch', '-q', env.COX_BRANCH ?? '-');
  return 0;
}

/** What happens before, or instead of, any work. A number ends the program. */
async function before(action: Action, value: string): Promise<number | null> {
  switch (action) {
    case 'sleep':
      await wait(Number(value));
      return null;
    case 'wait-for':
      say('WAITING');
      while (!existsSync(value)) await wait(10);
      return null;
    case 'fail':
      writeSync(2, 'This attempt fails because its scenario says so.\n');
      return 1;
    case 'exit':
      return Number(value);
    case 'die':
      process.kill(process.pid, 'SIGKILL');
      return 1;
    case 'deaf':
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
      return forever();
    case 'hang':
      return forever();
    case 'flood':
      flood(Number(value));
      return null;
    case 'child':
    case 'daemon':
      // `sleep` and not a child that would end with our pipes or group: nobody but its finder ends it.
      spawn('sleep', ['1000'], { detached: action === 'daemon', stdio: 'ignore' }).unref();
      return null;
    case 'usage':
      say(JSON.stringify({ type: 'usage', tokens: Number(value) }));
      return null;
    default:
      return null;
  }
}

function forever(): Promise<number> {
  say('WAITING');
  return new Promise(() => setInterval(() => {}, 1_000_000));
}

function flood(bytes: number): void {
  const line = `${'flood '.repeat(10_922)}\n`;
  for (let left = bytes; left > 0; left -= line.length) writeSync(1, line.slice(0, left));
}

function say(text: string): void {
  writeSync(1, `${text}\n`);
}
