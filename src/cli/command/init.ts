import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { findProgram } from '../../process/program.ts';
import type { Call } from '../call.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configText, type Proposal } from '../init/config-text.ts';
import { findGates } from '../init/find-gates.ts';
import { findRepository } from '../init/find-repository.ts';
import { findTable } from '../init/find-table.ts';
import { CONFIG_FILE } from '../project.ts';
import { escapeLine } from '../render/escape.ts';
import { plural } from '../render/unit.ts';

/** Programs that take a prompt on stdin and may commit without asking, with the arguments for it. */
const AGENTS: readonly (readonly [string, ...string[]])[] = [
  ['claude', '-p', '--permission-mode', 'dontAsk', '--allowedTools', 'Bash,Edit,Write'],
];

/** I2: looks at the documents that are there, and proposes a configuration. Never overwrites one. */
export async function run({ where, terminal, options }: Call): Promise<number> {
  const folder = path.resolve(where.cwd, where.option ?? '.');
  const repository = await findRepository(folder);
  const { root } = repository;
  const file = path.join(root, CONFIG_FILE);
  if (existsSync(file)) {
    throw new CliError('write a configuration', `${file} is there already`, 'edit it, and check it with `cox lint`');
  }
  const table = findTable(root, repository.documents);
  const agent =
    AGENTS.find(([name]) => findProgram(name, { searchPath: process.env.PATH ?? '', base: root }).ok) ?? null;
  const proposal: Proposal = { table, repository, gates: findGates(root), agent };
  const text = configText(proposal);
  terminal.lines(decisions(proposal).map(escapeLine));
  if (terminal.isInteractive && !options.yes) {
    terminal.lines([
      '',
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => `  ${escapeLine(line)}`),
      '',
    ]);
    if (!(await isAgreed(`Write this to ${file}? [Y/n] `))) {
      terminal.line('Nothing was written.');
      return EXIT.ok;
    }
  }
  writeFileSync(file, text, { flag: 'wx' });
  terminal.lines(['', `Wrote ${escapeLine(file)}.`, `Next step: ${nextStep(proposal)}.`]);
  return EXIT.ok;
}

function decisions({ table, repository, gates, agent }: Proposal): string[] {
  const { base, remote, isDetached } = repository;
  return [
    table === null
      ? 'Tasks:   no table of tasks was found; docs/tasks.md is where one is expected'
      : `Tasks:   ${table.file}, ${plural(table.rows, 'row')}${renamed(table.columns)}`,
    ...(table && table.unread.length > 0
      ? [`         not understood as a status: ${table.unread.map((word) => `"${word}"`).join(', ')}`]
      : []),
    `Gates:   ${gates.length === 0 ? 'none were found' : gates.map(({ run }) => run).join(', ')}`,
    `Agent:   ${agent === null ? 'none was found on PATH' : agent.join(' ')}`,
    `Git:     base ${base}${isDetached ? ' (no branch is checked out)' : ''}, ${remote === null ? 'no remote, nothing is pushed' : `pushes to ${remote}`}`,
  ];
}

function renamed(columns: Readonly<Record<string, string>>): string {
  const names = Object.entries(columns).map(([name, header]) => `${name} is "${header}"`);
  return names.length === 0 ? '' : `; ${names.join(', ')}`;
}

function nextStep({ table, agent }: Proposal): string {
  const checks = '`cox lint`, then `cox run --dry-run`';
  if (table === null)
    return `write docs/tasks.md (a table with the columns id, status and description), then ${checks}`;
  return agent === null ? `name your agent in ${CONFIG_FILE}, then ${checks}` : checks;
}

async function isAgreed(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // Ctrl-D closes the prompt without an answer, and that is a no.
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('no')));
    return !/^\s*n/i.test(await Promise.race([prompt.question(question), closed]));
  } finally {
    prompt.close();
  }
}
