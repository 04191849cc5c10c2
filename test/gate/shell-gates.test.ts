import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openShellGates } from '../../src/gate/shell-gates.ts';
import type { Clock } from '../../src/port/clock.ts';
import type { GateRequest } from '../../src/port/gate.ts';
import { launch } from '../../src/process/launch.ts';
import { readBytes } from '../../src/process/output.ts';
import { markedProcesses } from '../../src/process/process-table.ts';

let folder = '';
let marker = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cox-gate-'));
  marker = `${folder}:gate:T1/1:test`;
});
afterEach(() => {
  const left = markedProcesses(marker);
  rmSync(folder, { recursive: true, force: true });
  expect(left).toEqual([]);
});

/** A clock whose only timer goes off when the test says so. */
function handClock(): Clock & { ring(): void; readonly isSet: () => boolean } {
  let bell: (() => void) | undefined;
  return {
    now: () => performance.now(),
    after: (_ms, call) => {
      bell = call;
      return () => {
        bell = undefined;
      };
    },
    ring: () => bell?.(),
    isSet: () => bell !== undefined,
  };
}

const clock = handClock();
const gates = openShellGates({ clock, passEnv: ['GATE_TEST_*'] });

function request(run: string, change: Partial<GateRequest> = {}): GateRequest {
  return {
    gate: { name: 'test', run, timeoutMs: 600_000, cwd: null },
    cwd: folder,
    env: { COX_TASK_ID: 'T1' },
    logFile: path.join(folder, 'gate.log'),
    outputBytes: 100_000,
    evidenceBytes: 200,
    graceMs: 100,
    marker,
    signal: new AbortController().signal,
    ...change,
  };
}

async function logHas(text: string): Promise<void> {
  const file = path.join(folder, 'gate.log');
  while (!(existsSync(file) && readFileSync(file, 'utf8').includes(text))) await wait(10);
}

it('passes when the shell line ends with 0, in its folder, with its environment', async () => {
  const outcome = await gates.run(request('pwd && echo "$COX_TASK_ID" | tr T t'));
  expect(outcome).toMatchObject({ name: 'test', passed: true, output: `${folder}\nt1\n` });
  expect(outcome.ms).toBeGreaterThan(0);
  expect(clock.isSet()).toBe(false);
});

it('is red otherwise, with the end of its output and how it ended', async () => {
  const outcome = await gates.run(request('seq 1000; echo oops >&2; exit 4'));
  expect(outcome.passed).toBe(false);
  expect(outcome.output).toMatch(/999\n1000\noops\n\[coxswain: It ended with exit status 4\.\]\n$/);
  expect(outcome.output.length).toBeLessThanOrEqual(200);
  expect(readFileSync(path.join(folder, 'gate.log'), 'utf8')).toMatch(/^1\n2\n3\n/);
});

it('says when the command is not there, or the folder', async () => {
  expect((await gates.run(request('no-such-command'))).output).toMatch(/not found\n(?:.*\n)*.*exit status 127/);
  const missing = await gates.run(request('true', { cwd: path.join(folder, 'missing') }));
  expect(missing).toMatchObject({ passed: false, output: expect.stringContaining('could not be started') });
});

it('sees the allow-list of our environment and no secret', async () => {
  process.env.GATE_TEST_URL = 'passed on';
  process.env.OTHER_SECRET = 'secret';
  const { output } = await gates.run(request('env', { evidenceBytes: 100_000 })).finally(() => {
    delete process.env.GATE_TEST_URL;
    delete process.env.OTHER_SECRET;
  });
  expect(output).toMatch(/^PATH=/m);
  expect(output).toMatch(/^GATE_TEST_URL=passed on$/m);
  expect(output).not.toMatch(/OTHER_SECRET|VITEST/);
});

it('has no input, so that a question cannot hang it', async () => {
  expect(await gates.run(request('read answer || echo nobody there'))).toMatchObject({ output: 'nobody there\n' });
});

it('is ended at its timeout, with everything it started (E6)', async () => {
  const running = gates.run(request('trap "" INT TERM; (setsid sleep 1000 &) ; echo begun; sleep 1000'));
  await logHas('begun');
  clock.ring();
  expect(await running).toMatchObject({
    passed: false,
    output: expect.stringContaining('ended after 600 s (timeout)'),
  });
  expect(markedProcesses(marker)).toEqual([]);
});

it('is ended when the run is stopped, and not begun after that', async () => {
  const stop = new AbortController();
  const running = gates.run(request('echo begun; sleep 1000', { signal: stop.signal }));
  await logHas('begun');
  stop.abort();
  expect(await running).toMatchObject({ passed: false, output: expect.stringContaining('the run was stopped') });
  const again = await gates.run(request('echo begun', { signal: stop.signal }));
  expect(again).toMatchObject({ passed: false, output: expect.stringContaining('not run') });
});

it('passes although it leaves a server behind, which is ended', async () => {
  expect(await gates.run(request('(setsid sleep 1000 >/dev/null &); true'))).toMatchObject({ passed: true });
  expect(markedProcesses(marker)).toEqual([]);
});

it('first ends what an earlier life of ours left running under its marker', async () => {
  writeFileSync(path.join(folder, 'old.log'), '');
  const old = await launch({
    command: ['/bin/sleep', '1000'],
    cwd: folder,
    env: {},
    marker,
    stdin: null,
    stdout: path.join(folder, 'old.log'),
    stderr: path.join(folder, 'old.log'),
  });
  expect(await gates.run(request('echo done'))).toMatchObject({ passed: true, output: 'done\n' });
  expect(old.ok && (await old.exited)).toEqual({ code: null, signal: 'SIGTERM' });
});

it('that prints too much keeps its beginning and its end, and may still pass', async () => {
  const outcome = await gates.run(request('echo first; seq 100000; echo last'));
  expect(outcome).toMatchObject({ passed: true, output: expect.stringMatching(/100000\nlast\n$/) });
  const log = readFileSync(path.join(folder, 'gate.log'), 'utf8');
  expect(log).toMatch(/^first\n1\n2\n/);
  expect(log).toContain('[coxswain: output left out here; the limit is 100000 bytes]');
  expect(statSync(path.join(folder, 'gate.log')).size).toBeLessThanOrEqual(100_000);
});

it('that floods does not fill the disk while it runs', async () => {
  const stop = new AbortController();
  const running = gates.run(request('yes | head -c 20000000; exec sleep 1000', { signal: stop.signal }));
  while (!readBytes(path.join(folder, 'gate.log'), 49_000, 1_500).includes('output left out here')) await wait(10);
  stop.abort();
  expect((await running).passed).toBe(false);
  expect(statSync(path.join(folder, 'gate.log')).size).toBeLessThanOrEqual(100_000);
});
