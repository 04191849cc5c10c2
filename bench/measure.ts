/** Five runs, their median, and how far they lie apart: a figure without its spread is not a measurement. */
export interface Sample {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const RUNS = 5;

export function sampleOf(values: readonly number[]): Sample {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** Runs `once` for a value each time. The first run is thrown away: it warms caches and the compiler. */
export async function measure(once: (run: number) => number | Promise<number>, runs = RUNS): Promise<Sample> {
  await once(-1);
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await once(run));
  return sampleOf(values);
}

/** Runs the two sides in turn, so that a busy disk hits both, and gives the ratio of their medians. */
export async function compare(
  ours: (run: number) => number | Promise<number>,
  theirs: (run: number) => number | Promise<number>,
  runs = RUNS,
): Promise<{ readonly ours: Sample; readonly theirs: Sample; readonly ratio: number }> {
  const left: number[] = [];
  const right: number[] = [];
  for (let run = -1; run < runs; run += 1) {
    const mine = await ours(run);
    const other = await theirs(run);
    if (run < 0) continue;
    left.push(mine);
    right.push(other);
  }
  const [a, b] = [sampleOf(left), sampleOf(right)];
  return { ours: a, theirs: b, ratio: a.median / b.median };
}

export async function elapsedMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
