import { measure } from '../measure.ts';
import { costOf, cox } from '../program.ts';
import { makeProject, NOOP_AGENT } from '../project.ts';
import { atLeast, type Bench, type Row, row } from '../row.ts';

const SLEEP_MS = 2000;
const ROUNDS = 4;

/** Agents that sleep 2 s: ideal is rounds times 2 s, whatever the limit. */
export const bench: Bench = {
  name: 'Throughput with agents that sleep 2 s',
  async run() {
    const rows: Row[] = [];
    for (const limit of [4, 8]) {
      const ideal = ROUNDS * SLEEP_MS;
      const sample = await measure(() => once(limit), 3);
      rows.push(row(`limit ${limit}, ${limit * ROUNDS} tasks: wall`, sample, 'ms'));
      rows.push(atLeast(`limit ${limit}: share of the ideal ${ideal} ms`, (100 * ideal) / sample.median, '%', 90));
    }
    return rows;
  },
};

function once(limit: number): number {
  const project = makeProject({
    rows: limit * ROUNDS,
    limit,
    agent: `sleep ${SLEEP_MS / 1000}\n${NOOP_AGENT}`,
    gate: 'true',
  });
  try {
    return costOf(project.root, cox('run', '--json')).wallMs;
  } finally {
    project.remove();
  }
}
