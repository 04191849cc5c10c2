/**
 * `npm run bench [NAME...]`: the figures of docs/benchmarks.md, as a table and as JSON in bench/results. Ratios are taken
 * inside one run; absolute times say something about this machine only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Bench, Row } from './row.ts';

const NAMES = ['core', 'simulation', 'table', 'ready', 'run', 'throughput', 'restart', 'worktree'] as const;

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = wanted.filter((name) => !NAMES.some((known) => known === name));
if (unknown.length > 0) {
  console.error(`Cannot run ${unknown.join(', ')}: there are ${NAMES.join(', ')}.`);
  process.exit(2);
}

const results: Record<string, readonly Row[]> = {};
for (const name of NAMES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { bench } = (await import(`./rows/${name}.ts`)) as { readonly bench: Bench };
  console.log(`\n${bench.name}`);
  results[name] = await bench.run();
  for (const line of results[name]) console.log(format(line));
}

const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
const file = join(folder, 'bench.json');
writeFileSync(file, `${JSON.stringify({ version: 1, at: new Date().toISOString(), machine, results }, null, 2)}\n`);
console.log(`\nWritten to bench/results/bench.json (${machine.cpu}, ${machine.cores} cores, Node ${machine.node})`);

function format(line: Row): string {
  const spread = line.spread === null ? '' : ` (${number(line.spread[0])} to ${number(line.spread[1])})`;
  const goal = line.goal === null ? '' : `   goal ${line.goal}: ${line.isMet ? 'met' : 'NOT MET'}`;
  return `  ${line.what.padEnd(58)} ${number(line.value).padStart(10)} ${line.unit}${spread}${goal}`;
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
