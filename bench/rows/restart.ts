import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sampleOf } from '../measure.ts';
import { cox } from '../program.ts';
import { GIT_ENV, makeProject } from '../project.ts';
import { atMost, type Bench, row } from '../row.ts';

const RUNS = 5;
const LIMIT = 8;

/** A run over 1,000 tasks is killed with 8 attempts in flight, whose agents die too; then a new one starts. */
export const bench: Bench = {
  name: 'Restart to first dispatch, 1,000 tasks, 8 leftover worktrees',
  async run() {
    const values: number[] = [];
    for (let run = 0; run < RUNS; run += 1) values.push(await restart());
    const sample = sampleOf(values);
    return [
      row('from the start of the process', sample, 'ms'),
      atMost('restart to first dispatch', sample.median, 'ms', 500),
    ];
  },
};

async function restart(): Promise<number> {
  const project = makeProject({ rows: 1000, limit: LIMIT, agent: 'exec sleep 600', gate: 'true' });
  try {
    const first = start(project.root);
    await lines(first, (line) => line.includes('"started"'), LIMIT);
    first.kill('SIGKILL');
    await once(first, 'exit');
    endAgents(project.root);
    const begun = performance.now();
    const second = start(project.root);
    await lines(second, (line) => line.includes('"dispatched"'), 1);
    const ms = performance.now() - begun;
    second.kill('SIGTERM');
    await once(second, 'exit');
    return ms;
  } finally {
    project.remove();
  }
}

function start(cwd: string): ChildProcess {
  const [program = '', ...args] = cox('run', '--json');
  return spawn(program, args, { cwd, env: GIT_ENV, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function lines(child: ChildProcess, wanted: (line: string) => boolean, count: number): Promise<void> {
  if (child.stdout === null) throw new Error('the output of cox is not piped');
  let seen = 0;
  for await (const line of createInterface(child.stdout)) {
    if (wanted(line)) seen += 1;
    if (seen === count) return;
  }
  throw new Error('cox ended before it said what was waited for');
}

/** By the ids that cox wrote down, and no others. */
function endAgents(root: string): void {
  const attempts = join(root, '.coxswain/attempts');
  for (const file of readdirSync(attempts, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('process.json')) continue;
    const { pid } = JSON.parse(readFileSync(join(attempts, file), 'utf8')) as { readonly pid: number };
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
