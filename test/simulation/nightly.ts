import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { survivors } from './mutants/hunt.ts';
import { live, loadAll, newTally } from './seeds.ts';

interface Share {
  readonly from: number;
  readonly seeds: number;
  readonly step: number;
}

interface Progress {
  readonly lives: number;
  readonly failures: readonly string[];
}

if (isMainThread) await main();
else await work(workerData);

/** Many lives, on all processors; a failure is one line that replays it. Then every mutant, with many seeds. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100000' },
      from: { type: 'string', default: '1' },
      'no-mutants': { type: 'boolean', default: false },
    },
  });
  const seeds = Number(values.seeds);
  const from = Number(values.from);
  const workers = Math.min(availableParallelism(), seeds);
  const start = performance.now();
  const lives = Array.from({ length: workers }, () => 0);
  let failed = 0;
  let told = 0;
  const tell = (): void => {
    const done = lives.reduce((sum, count) => sum + count, 0);
    const perSecond = done / ((performance.now() - start) / 1000);
    console.log(`${done} of ${seeds} lives, ${perSecond.toFixed(0)} lives/s, ${failed} failed`);
  };
  await Promise.all(
    lives.map((_, index) => {
      const share: Share = { from: from + index, seeds: Math.ceil((seeds - index) / workers), step: workers };
      const worker = new Worker(new URL(import.meta.url), { workerData: share });
      worker.on('message', (progress: Progress) => {
        lives[index] = progress.lives;
        for (const failure of progress.failures) console.log(failure);
        failed += progress.failures.length;
        if (performance.now() - told < 10_000) return;
        told = performance.now();
        tell();
      });
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  tell();
  const alive = values['no-mutants'] ? [] : await survivors({ lives: 3_000 });
  for (const name of alive) console.log(`the mutant lives: ${name}`);
  process.exitCode = failed + alive.length === 0 ? 0 : 1;
}

async function work({ from, seeds, step }: Share): Promise<void> {
  const playbooks = await loadAll();
  const tally = newTally();
  for (let i = 0; i < seeds; i += 1) {
    live(playbooks, from + i * step, tally);
    if (i % 50 !== 49 && i !== seeds - 1) continue;
    const progress: Progress = { lives: tally.lives, failures: tally.failures.splice(0) };
    parentPort?.postMessage(progress);
  }
}
