import { Document } from 'yaml';
import { LEDGER_WORDS, type LedgerWord } from '../../core/playbook.ts';
import { TABLE_WORDS } from '../../ledger/table/options.ts';
import type { GateProposal } from './find-gates.ts';
import type { FoundRepository } from './find-repository.ts';
import type { FoundTable } from './find-table.ts';

export interface Proposal {
  readonly table: FoundTable | null;
  readonly repository: FoundRepository;
  readonly gates: readonly GateProposal[];
  /** Program and arguments; null: none was found. */
  readonly agent: readonly string[] | null;
}

/** Words as people write them in `ledger.status`. */
const WORD_KEYS: Readonly<Record<LedgerWord, string>> = {
  open: 'not-started',
  active: 'in-progress',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** The text of `coxswain.yaml`, with a sentence for each choice. Values are written by the YAML library, never by hand. */
export function configText({ table, repository, gates, agent }: Proposal): string {
  const { base, remote } = repository;
  const parts = [
    `# How Coxswain works on this project. All keys: cox playbook schema. In effect: cox playbook show.\n${yaml({ playbook: 'task-table' })}`,
    `# The table of tasks. Only Coxswain writes its status columns while a run is on; you may edit the rest.\n${yaml({ ledger: ledgerOf(table) })}`,
    `# Agents at once.\n${yaml({ limit: 1 })}`,
    agentPart(agent),
    gatesPart(gates),
    `# The branch that is checked out here, with the table on it. Work goes to the branches of the rows.\n${yaml({ git: { remote, base, push: remote !== null } })}`,
  ];
  return parts.join('\n');
}

function ledgerOf(table: FoundTable | null): Record<string, unknown> {
  if (table === null) return { file: 'docs/tasks.md' };
  const status = LEDGER_WORDS.filter((word) => table.words[word] !== TABLE_WORDS[word]).map((word) => [
    WORD_KEYS[word],
    table.words[word],
  ]);
  return {
    file: table.file,
    ...(Object.keys(table.columns).length > 0 ? { columns: table.columns } : {}),
    ...(status.length > 0 ? { status: Object.fromEntries(status) } : {}),
  };
}

function agentPart(agent: readonly string[] | null): string {
  const how =
    '# Any program: it gets the prompt on stdin, works in a worktree on the branch of the row, commits, and ends with a\n' +
    '# JSON report. It runs as you: see SECURITY.md of Coxswain.\n';
  const todo = agent === null ? '# No agent was found on PATH: name yours here.\n' : '';
  return `${how}${todo}${yaml({ agents: { default: { kind: 'command', command: agent ?? ['your-agent'] } } })}`;
}

function gatesPart(gates: readonly GateProposal[]): string {
  const how = '# Must pass on the commit of a task, in a clean checkout, before it counts as done. Shell lines.\n';
  if (gates.length > 0) return `${how}${yaml({ gates: gates.map((gate) => ({ ...gate, timeout: '10m' })) })}`;
  const example = '# gates:\n#   - { name: test, run: npm test, timeout: 10m }\n';
  return `${how}# Nothing was found that checks this project; without gates a commit is all that is asked for.\n${example}`;
}

function yaml(value: unknown): string {
  const document = new Document(value, { version: '1.2' });
  return document.toString({ lineWidth: 100 });
}
