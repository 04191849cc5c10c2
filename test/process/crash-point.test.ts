import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cox-crash-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const source = `import { crashPoint } from ${JSON.stringify(path.resolve('src/process/crash-point.ts'))};
for (const name of ['push', 'commit', 'push', 'push']) { crashPoint(name); console.log(name); }`;

function run(env: Record<string, string>) {
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
}

it('does nothing when no crash test asks for it', () => {
  const { stdout, status } = run({});
  expect(status).toBe(0);
  expect(stdout).toBe('push\ncommit\npush\npush\n');
});

it('traces the names it met, in order', () => {
  const file = path.join(folder, 'trace');
  run({ COX_CRASH_TRACE: file });
  expect(readFileSync(file, 'utf8')).toBe('push\ncommit\npush\npush\n');
});

it('kills the process the first time when no number is given', () => {
  const { stdout, signal } = run({ COX_CRASH_AT: 'commit' });
  expect(signal).toBe('SIGKILL');
  expect(stdout).toBe('push\n');
});

it('kills the process the nth time, after tracing the name', () => {
  const file = path.join(folder, 'trace');
  const { signal } = run({ COX_CRASH_AT: 'push#2', COX_CRASH_TRACE: file });
  expect(signal).toBe('SIGKILL');
  expect(readFileSync(file, 'utf8')).toBe('push\ncommit\npush\n');
});
