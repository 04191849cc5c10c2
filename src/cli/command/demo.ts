import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createState } from '../../core/load.ts';
import { withProject } from '../assemble.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import { DEMO_GIT, type DemoProject, demoGit, makeDemoProject } from '../demo/make-project.ts';
import { escapeBlock, escapeLine } from '../render/escape.ts';
import { taskTable } from '../render/task-list.ts';
import { truncate } from '../render/width.ts';
import { runCrew } from '../run-crew.ts';

const GRAPH_LINES = 60;

/** A crew at work in a throwaway project, without a model: what a run looks like, and what it leaves. */
export async function run(call: Call): Promise<number> {
  const { terminal, options } = call;
  // The crew's commits are the demo's, not the person's; agents and git inherit this.
  Object.assign(process.env, DEMO_GIT);
  const demo = await makeDemoProject();
  let status: number = EXIT.bug;
  try {
    heading(call, `A throwaway project is in ${demo.root}. Its table of tasks, before:`);
    terminal.lines(tableLines(call, demo));
    heading(call, 'The crew: three agents at once; the first try of BH-003 will be wrong.');
    status = await inDemo(call, demo);
    heading(call, 'The table, after; nobody but Coxswain wrote to it:');
    terminal.lines(tableLines(call, demo));
    heading(call, 'What reached the remote, one branch a task:');
    terminal.lines(await graphLines(demo));
  } finally {
    const isKept = options.keep || status !== EXIT.ok;
    if (!isKept) rmSync(demo.folder, { recursive: true, force: true, maxRetries: 3 });
    terminal.lines(['', ...farewell(demo, isKept).map(escapeLine)]);
  }
  return status;
}

function inDemo(call: Call, { root }: DemoProject): Promise<number> {
  const inside: Call = { ...call, args: [], options: {}, where: { option: root, env: undefined, cwd: root } };
  return withProject(inside, 'run the demo', async (project, store) => {
    const status = await runCrew(inside, project, store);
    const state = createState(project.playbook, await store.load());
    heading(call, 'Every task, as `cox list` shows it:');
    inside.terminal.lines(taskTable(inside.terminal, [...state.tasks.values()]));
    return status;
  });
}

function heading({ terminal }: Call, text: string): void {
  terminal.lines(['', terminal.style('bold', escapeLine(text)), '']);
}

function tableLines({ terminal }: Call, { root }: DemoProject): string[] {
  const text = readFileSync(path.join(root, 'docs/tasks.md'), 'utf8');
  const lines = escapeBlock(text)
    .split('\n')
    .filter((line) => line.startsWith('|') || line.startsWith('## '));
  return terminal.width === null ? lines : lines.map((line) => truncate(line, terminal.width ?? line.length));
}

async function graphLines({ remote }: DemoProject): Promise<string[]> {
  const text = await demoGit(remote, 'log', '--graph', '--oneline', '--decorate', '--all', '--date-order');
  const lines = escapeBlock(text).split('\n');
  return lines.length <= GRAPH_LINES
    ? lines
    : [...lines.slice(0, GRAPH_LINES), `... and ${lines.length - GRAPH_LINES} more lines`];
}

function farewell({ folder, root }: DemoProject, isKept: boolean): string[] {
  const yours = 'With a repository of yours: `cox init`, then `cox run`. README.md has the five-minute way.';
  if (!isKept) return ['The project was removed again; `cox demo --keep` leaves it there to look around in.', yours];
  return [
    `The project is in ${root}. Look around: cd ${root}`,
    '  cox show BH-003      the task that was repaired, with its history',
    '  cox logs BH-003      what its agent printed',
    '  cox graph            the task graph, for Mermaid',
    '  git log --graph --all --oneline',
    `Remove it with: rm -r ${folder}`,
    yours,
  ];
}
