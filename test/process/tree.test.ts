import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootId, identify, isAlive, processInfo } from '../../src/process/identity.ts';
import { launch } from '../../src/process/launch.ts';
import { markedProcesses } from '../../src/process/process-table.ts';
import { newMarker } from '../../src/process/record.ts';
import { processTree } from '../../src/process/tree.ts';

let folder = '';
let marker = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cox-tree-'));
  marker = newMarker();
});
afterEach(async () => {
  const left = markedProcesses(marker);
  await processTree(marker, null).end({ graceMs: 0, from: 'SIGKILL' });
  rmSync(folder, { recursive: true, force: true });
  expect(left).toEqual([]);
});

async function shell(script: string, ...args: string[]) {
  const output = path.join(folder, 'output');
  const launched = await launch({
    command: ['/bin/sh', '-c', script, 'sh', ...args],
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
    marker,
    stdin: null,
    stdout: output,
    stderr: output,
  });
  if (!launched.ok) throw new Error(launched.text);
  return { ...launched, prints: (text: string) => until(() => readFileSync(output, 'utf8').includes(text)), output };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(5);
}

describe('identity', () => {
  it('is number, start and boot', () => {
    const own = identify(process.pid);
    expect(own).toMatchObject({ pid: process.pid, boot: bootId() });
    expect(processInfo(process.pid)?.ppid).toBe(process.ppid);
    expect(own !== null && isAlive(own)).toBe(true);
  });

  it('is not that of a later process of the same number, nor of another boot', () => {
    const own = identify(process.pid);
    if (own === null) throw new Error('we do not run');
    expect(isAlive({ ...own, start: '1' })).toBe(false);
    expect(isAlive({ ...own, boot: 'another' })).toBe(false);
  });

  it('is that of a process whose name has brackets and spaces', async () => {
    const { identity, exited, prints } = await shell(
      'ln -s /bin/sleep "a) S 1 (b"; echo ready; exec "./a) S 1 (b" 1000',
    );
    await prints('ready');
    expect(isAlive(identity)).toBe(true);
    await processTree(marker, identity).end({ graceMs: 1_000 });
    expect(await exited).toEqual({ code: null, signal: 'SIGINT' });
    expect(isAlive(identity)).toBe(false);
  });

  it('ends with the process, although nobody has reaped it', async () => {
    const { identity, prints, output } = await shell('sh -c "exit 0" & echo "pid $!"; echo ready; exec sleep 1000');
    await prints('ready');
    const zombie = Number(/pid (\d+)/.exec(readFileSync(output, 'utf8'))?.[1]);
    await until(() => processInfo(zombie)?.isZombie === true);
    expect(identify(zombie)).toBeNull();
    await processTree(marker, identity).end({ graceMs: 1_000 });
  });
});

describe('a process tree', () => {
  it('has children, grandchildren and those in sessions of their own, and never us', async () => {
    const { identity, prints } = await shell(
      '(setsid sleep 1000 &); sleep 1000 & (sleep 1000 & wait) & echo ready; wait',
    );
    await prints('ready');
    const tree = processTree(marker, identity);
    await until(() => tree.members().length === 5);
    expect(tree.members().map(({ pid }) => pid)).not.toContain(process.pid);
    expect((await tree.end({ graceMs: 50 })).remaining).toEqual([]);
    expect(tree.members()).toEqual([]);
  });

  it('is found by the marker alone', async () => {
    const { prints } = await shell('(setsid sleep 1000 &); echo ready');
    await prints('ready');
    const tree = processTree(marker, null);
    await until(() => tree.members().length === 1);
    expect((await tree.end({ graceMs: 1_000, from: 'SIGTERM' })).remaining).toEqual([]);
  });

  it('knows a marker only whole', async () => {
    const { identity } = await shell('exec sleep 1000');
    expect(markedProcesses(marker.slice(0, -1))).toEqual([]);
    expect(markedProcesses(marker)).toHaveLength(1);
    await processTree(marker, identity).end({ graceMs: 1_000 });
  });

  it('has a process that is between two programs', async () => {
    const { identity, prints } = await shell(
      'printf "#!/bin/sh\\nexec ./again\\n" >again; chmod +x again; echo ready; exec ./again',
    );
    await prints('ready');
    const seen = Array.from({ length: 300 }, () => markedProcesses(marker).length);
    await processTree(marker, identity).end({ graceMs: 1_000 });
    expect(new Set(seen)).toEqual(new Set([1]));
  });

  it('has descendants that emptied their environment, once they were seen', async () => {
    const { identity, prints } = await shell('env -i setsid sleep 1000 & env -i sleep 1000 & echo ready; wait');
    const tree = processTree(marker, identity);
    await prints('ready');
    await until(() => {
      tree.remember();
      return tree.members().length === 3;
    });
    expect((await tree.end({ graceMs: 50 })).remaining).toEqual([]);
  });

  it('is asked before it is killed', async () => {
    const script = 'trap "echo INT" INT; trap "echo TERM; exit 5" TERM; echo ready; while :; do sleep 0.01; done';
    const { identity, prints, exited, output } = await shell(script);
    await prints('ready');
    await processTree(marker, identity).end({ graceMs: 200 });
    expect(await exited).toEqual({ code: 5, signal: null });
    expect(readFileSync(output, 'utf8')).toMatch(/INT\n(.*\n)?TERM\n/);
  });

  it('is killed when it does not listen, its root last', async () => {
    const { identity, prints, exited } = await shell(
      'trap : INT TERM; (trap "" INT TERM; echo ready; exec sleep 1000); echo "status $?"; exit 9',
    );
    await prints('ready');
    expect((await processTree(marker, identity).end({ graceMs: 30 })).remaining).toEqual([]);
    expect(await exited).toEqual({ code: 9, signal: null });
  });

  it('is ended although it forks on and on', async () => {
    const { identity, prints } = await shell(
      'trap "" INT TERM; echo ready; for i in $(seq 1000); do (setsid sleep 100 >/dev/null 2>&1 &) ; sleep 0.01; done',
    );
    await prints('ready');
    expect((await processTree(marker, identity).end({ graceMs: 20 })).remaining).toEqual([]);
  });
});
