import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskTable } from '../document.ts';
import { compare, measure } from '../measure.ts';
import { costOf, cox } from '../program.ts';
import { git, makeProject, NOOP_AGENT } from '../project.ts';
import { atMost, type Bench, row } from '../row.ts';

/** `cox ready --json` over 10,000 tasks as a whole process, against an empty Node. */
export const bench: Bench = {
  name: 'cox ready --json, 10,000 tasks, whole process of the built bundle',
  async run() {
    const project = makeProject({ rows: 1, limit: 1, agent: NOOP_AGENT, gate: 'true' });
    const { root } = project;
    try {
      const table = join(root, 'docs/tasks.md');
      writeFileSync(table, taskTable(10_000));
      git(root, 'commit', '-qam', 'ten thousand rows');
      const ready = (): number => costOf(root, cox('ready', '--json')).wallMs;
      const empty = (): number => costOf(root, [process.execPath, '-e', '0']).wallMs;
      ready();
      const warm = await compare(ready, empty, 9);
      const cold = await measure(() => {
        appendFileSync(table, '\n');
        return ready();
      });
      return [
        row('node -e 0', warm.theirs, 'ms'),
        row('warm: ledger unchanged since the last look', warm.ours, 'ms'),
        atMost('warm against node -e 0', warm.ratio, 'x', 3),
        row('cold: ledger changed since the last look', cold, 'ms'),
      ];
    } finally {
      project.remove();
    }
  },
};
