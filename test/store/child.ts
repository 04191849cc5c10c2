import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface Child {
  /** The next line it prints. */
  line(): Promise<string>;
  /** Gives it a line. */
  say(line: string): void;
  /** Ends it without a chance to clean up, and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits for it to end by itself; what it printed after the lines that were taken. */
  rest(): Promise<string[]>;
  readonly pid: number;
}

/** Runs a script of `fixtures/` in a process of its own, which does not outlive the test. */
export function startChild(fixture: string, ...args: string[]): Child {
  const script = path.join(import.meta.dirname, 'fixtures', fixture);
  return watch(spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] }));
}

function watch(child: ChildProcess): Child {
  const { stdin, stdout, pid } = child;
  if (!stdin || !stdout || pid === undefined) throw new Error(`could not start ${child.spawnargs.join(' ')}`);
  const ended = once(child, 'close');
  const lines = createInterface(stdout)[Symbol.asyncIterator]();
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return {
    pid,
    say: (line) => stdin.write(`${line}\n`),
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${child.spawnargs.join(' ')} ended`);
      return value;
    },
    kill,
    rest: async () => {
      const rest: string[] = [];
      for (let next = await lines.next(); !next.done; next = await lines.next()) rest.push(next.value);
      await ended;
      return rest;
    },
  };
}
