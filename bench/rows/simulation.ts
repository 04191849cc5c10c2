import { simulate } from '../../src/testing/simulation/simulate.ts';
import { measure } from '../measure.ts';
import { builtinPlaybook } from '../playbook.ts';
import { type Bench, type Row, row } from '../row.ts';

const LIVES = 30;
const NAMES = ['task-table', 'pipeline', 'work-packages', 'waves', 'coordinator'] as const;

/** Whole lives of a project with faults, crashes and persons, all checkers on. */
export const bench: Bench = {
  name: 'Simulated lives, all checkers on',
  async run() {
    const rows: Row[] = [];
    for (const name of NAMES) {
      const playbook = await builtinPlaybook(name);
      const perSecond = await measure((run) => {
        const start = performance.now();
        for (let life = 0; life < LIVES; life += 1) {
          const { violations } = simulate({ playbook, seed: (run + 1) * LIVES + life });
          if (violations.length > 0) throw new Error(`a promise was broken: ${JSON.stringify(violations[0])}`);
        }
        return LIVES / ((performance.now() - start) / 1000);
      }, 3);
      rows.push(row(`${name}: lives per second`, perSecond, '/s'));
    }
    return rows;
  },
};
