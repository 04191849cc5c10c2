import { parseArgs } from 'node:util';
import { FAULTS, type Fault, simulate } from '../../src/testing/simulation/index.ts';
import { playbookNamed } from './playbooks.ts';

// Lives one life again and prints it, event by event: `node test/simulation/replay.ts --playbook pipeline --seed 4711`.
const { values } = parseArgs({
  options: {
    playbook: { type: 'string', default: 'task-table' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});

const named = values.faults?.split(',').filter((name): name is Fault => FAULTS.some((fault) => fault === name));
const result = simulate({
  playbook: await playbookNamed(values.playbook),
  seed: Number(values.seed),
  trace: true,
  ...(named === undefined ? {} : { faults: new Set(named) }),
});
if (!values.quiet) console.log([...result.trace, '', result.state].join('\n'));
console.log(`\nfaults: ${result.faults.join(', ') || 'none'}`);
console.log(`${result.events} events, ${result.runs} runs, ${result.crashes} crashes, ended ${result.outcome}`);
for (const { id, text } of result.violations) console.log(`${id}: ${text}`);
process.exitCode = result.violations.length === 0 ? 0 : 1;
