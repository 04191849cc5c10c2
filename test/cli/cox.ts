import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** The launcher as people start it: a real process, under whatever Node is on PATH. */
export const COX = path.resolve(import.meta.dirname, '../../bin/cox');

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function cox(args: readonly string[], { cwd, env = {} }: RunOptions): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 28, timeout: 50_000 };
    const child = execFile(COX, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** A `cox` that stays: its output so far, a wait for a text in it, and its end. */
export interface Live {
  readonly pid: number;
  seen(text: string | RegExp): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export function startCox(args: readonly string[], { cwd, env = {} }: RunOptions): Live {
  const child = spawn(COX, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const look = (): void => {
    for (const watch of watchers) watch();
  };
  child.stdout.on('data', (data) => {
    stdout += data;
    look();
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    look();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      resolve({ code: code ?? -1, stdout, stderr });
      look();
    });
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
  return {
    pid: child.pid ?? 0,
    ended,
    signal: (name) => void child.kill(name),
    seen: (text) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          const all = stdout + stderr;
          const isThere = typeof text === 'string' ? all.includes(text) : text.test(all);
          if (isThere) resolve();
          else if (child.exitCode !== null)
            reject(new Error(`cox ended with ${child.exitCode} before ${text}:\n${all}`));
          else return;
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/** A folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cox-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
