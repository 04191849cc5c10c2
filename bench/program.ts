import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GIT_ENV } from './project.ts';

/** The built bundle: what people run. The source, run by type stripping, would measure the compiler. */
const BUNDLE = join(import.meta.dirname, '..', 'dist', 'cox.js');

export interface Cost {
  readonly wallMs: number;
  /** User and system time of the command and all that it waited for. */
  readonly cpuMs: number;
}

/** Runs a command to its end and says what it cost; a status that is not wanted is an error. */
export function costOf(cwd: string, command: readonly string[], env: Record<string, string> = {}): Cost {
  const start = performance.now();
  const done = spawnSync('bash', ['-c', '"$@" >/dev/null; status=$?; times >&2; exit $status', 'bash', ...command], {
    cwd,
    env: { ...GIT_ENV, ...env },
    encoding: 'utf8',
  });
  const wallMs = performance.now() - start;
  if (done.status !== 0) throw new Error(`${command.join(' ')} ended with ${done.status}: ${done.stderr.slice(-2000)}`);
  const last = done.stderr.trim().split('\n').at(-1) ?? '';
  return { wallMs, cpuMs: cpuOf(last) };
}

export function cox(...args: string[]): readonly string[] {
  if (!existsSync(BUNDLE)) throw new Error('dist/cox.js is missing: run `npm run build` first');
  return [process.execPath, BUNDLE, ...args];
}

/** `times` prints `0m1.234s 0m0.120s` for the children. */
function cpuOf(line: string): number {
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
}
