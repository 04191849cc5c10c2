import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, sampleOf } from '../measure.ts';
import { type Cost, costOf, cox } from '../program.ts';
import { type BenchProject, makeProject, NOOP_AGENT } from '../project.ts';
import { atMost, type Bench, figure, type Row, row } from '../row.ts';

const TASKS = 10;
const REQUEST = { rows: TASKS, limit: 1, agent: NOOP_AGENT, gate: 'true' };

/** Whole runs over 20 rows with an agent that does next to nothing: what is left is the orchestrator. */
export const bench: Bench = {
  name: `Whole run, ${TASKS} rows, limit 1, no-op agent, against bench/shell-loop.sh`,
  async run() {
    const cpu = { ours: [] as number[], theirs: [] as number[] };
    const wall = await compare(
      (run) => perTask(ours(), run, cpu.ours),
      (run) => perTask(shell(), run, cpu.theirs),
    );
    const [mine, other] = [sampleOf(cpu.ours), sampleOf(cpu.theirs)];
    return [
      row('cox: wall per task', wall.ours, 'ms'),
      row('shell loop: wall per task', wall.theirs, 'ms'),
      atMost('wall per task against the shell loop', wall.ratio, 'x', 1.2),
      row('cox: CPU per task', mine, 'ms'),
      row('shell loop: CPU per task', other, 'ms'),
      atMost('CPU per task against the shell loop', mine.median / other.median, 'x', 1.2),
      ...counted(),
    ];
  },
};

/** Wall time for the comparison; CPU time is kept aside, but for the warm-up. */
function perTask({ wallMs, cpuMs }: Cost, run: number, cpu: number[]): number {
  if (run >= 0) cpu.push(cpuMs / TASKS);
  return wallMs / TASKS;
}

function ours(env: Record<string, string> = {}, prefix: readonly string[] = []): Cost {
  return inProject((project) => costOf(project.root, [...prefix, ...cox('run', '--json')], env));
}

function shell(env: Record<string, string> = {}, prefix: readonly string[] = []): Cost {
  const script = join(import.meta.dirname, '..', 'shell-loop.sh');
  return inProject((project) => {
    return costOf(project.root, [...prefix, 'sh', script, join(project.home, 'agent.sh'), 'true'], env);
  });
}

/** git processes and fsyncs per task, of both sides. The agent's own (add, commit, rev-parse) are in both. */
function counted(): readonly Row[] {
  const rows: Row[] = [];
  for (const [name, side] of [
    ['cox', ours],
    ['shell loop', shell],
  ] as const) {
    rows.push(figure(`${name}: git processes per task`, countGit(side) / TASKS, ''));
    const syncs = countSyncs(side);
    if (syncs !== null) rows.push(figure(`${name}: fsync and fdatasync per task`, syncs / TASKS, ''));
  }
  return rows;
}

/** A `git` ahead on the PATH that leaves a line and becomes the real one. */
function countGit(side: (env: Record<string, string>) => Cost): number {
  return inProject(({ home }) => {
    const bin = join(home, 'bin');
    const log = join(home, 'git.log');
    mkdirSync(bin);
    writeFileSync(log, '');
    const real = (process.env.PATH ?? '').split(':').find((folder) => isFile(join(folder, 'git')));
    writeFileSync(join(bin, 'git'), `#!/bin/sh\necho x >>${log}\nexec ${real}/git "$@"\n`, { mode: 0o755 });
    side({ PATH: `${bin}:${process.env.PATH}` });
    return readFileSync(log, 'utf8').length / 2;
  });
}

/** Needs strace; null where it is not there. */
function countSyncs(side: (env: Record<string, string>, prefix: readonly string[]) => Cost): number | null {
  const has = (process.env.PATH ?? '').split(':').some((folder) => isFile(join(folder, 'strace')));
  if (!has) return null;
  return inProject(({ home }) => {
    const log = join(home, 'strace.log');
    side({}, ['strace', '-f', '-qq', '-e', 'trace=fsync,fdatasync', '-o', log]);
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /(fsync|fdatasync)\(/.test(line)).length;
  });
}

function isFile(path: string): boolean {
  try {
    readFileSync(path, { flag: 'r' });
    return true;
  } catch {
    return false;
  }
}

function inProject<T>(use: (project: BenchProject) => T): T {
  const project = makeProject(REQUEST);
  try {
    return use(project);
  } finally {
    project.remove();
  }
}
