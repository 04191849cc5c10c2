import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { onTestFailed, onTestFinished } from 'vitest';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const AGENT = path.join(import.meta.dirname, 'fixtures/agent.mjs');
const COLUMNS = [
  'id',
  'status',
  'description',
  'issue',
  'branch',
  'depends_on',
  'agent',
  'started_at',
  'completed_at',
  'used',
  'notes',
];

export type Row = Readonly<Record<string, string>> & { readonly id: string };

export interface ProjectOptions {
  /** Rows; a heading before each string that is not a row. */
  readonly rows: readonly (Row | string)[];
  /** What the attempts of a task do, in order; the last one repeats. `ok` when not said. */
  readonly plan?: Readonly<Record<string, readonly string[]>>;
  /** Lines of `coxswain.yaml` after the usual ones; a key named here replaces the usual one. */
  readonly config?: Readonly<Record<string, string>>;
  readonly remote?: boolean;
}

export interface RunResult {
  readonly status: number | null;
  readonly messages: readonly Message[];
  readonly stdout: string;
  readonly stderr: string;
}
export interface Message {
  readonly type: string;
  readonly task?: string;
  readonly text?: string;
  readonly outcome?: string;
  readonly [name: string]: unknown;
}

export type Project = ReturnType<typeof makeProject>;

/** A throwaway git project with a bare remote, a task table and the fixture agent, gone when the test is. */
export function makeProject({ rows, plan = {}, config = {}, remote = true }: ProjectOptions) {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'cox-scenario-')));
  const root = path.join(folder, 'project');
  const agentFolder = path.join(folder, 'agent');
  const children = new Set<ChildProcess>();
  const said: string[] = [];
  onTestFailed(() => console.log(said.join('\n')));
  const remove = async (): Promise<void> => {
    await Promise.all([...children].map(endChild));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  onTestFinished(remove);
  mkdirSync(path.join(root, 'docs'), { recursive: true });
  mkdirSync(agentFolder);

  const inFolder = (...args: string[]) => git(folder, ...args);
  const inProject = (...args: string[]) => git(root, ...args);
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const setPlan = (next: Readonly<Record<string, readonly string[]>>) =>
    writeFileSync(path.join(agentFolder, 'plan.json'), JSON.stringify(next));

  inFolder('init', '-q', '-b', 'main', root);
  write('docs/tasks.md', tableText(rows));
  write('work/README.md', 'what the crew makes\n');
  write('coxswain.yaml', configText({ ...usualConfig(agentFolder, remote), ...config }));
  setPlan(plan);
  inProject('add', '-A');
  inProject('commit', '-qm', 'begin');
  if (remote) {
    inFolder('init', '-q', '--bare', '-b', 'main', 'remote.git');
    inProject('remote', 'add', 'origin', path.join(folder, 'remote.git'));
    inProject('push', '-q', '-u', 'origin', 'main');
  }

  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(path.join(REPOSITORY, 'bin/cox'), args, {
      cwd: root,
      env: { ...process.env, COX_NODE: process.execPath, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      output.stdout += data;
    });
    child.stderr.on('data', (data) => {
      output.stderr += data;
    });
    const ended = new Promise<RunResult>((resolve) => {
      child.on('close', (status) => {
        children.delete(child);
        said.push(`$ cox ${args.join(' ')}`, output.stdout, output.stderr, `exit status ${status}`);
        resolve({ status, ...output, messages: messagesIn(output.stdout) });
      });
    });
    return { child, ended, messages: () => messagesIn(output.stdout) };
  };

  return {
    folder,
    root,
    agentFolder,
    remoteFolder: path.join(folder, 'remote.git'),
    git: inProject,
    remoteGit: (...args: string[]) => git(path.join(folder, 'remote.git'), ...args),
    write,
    read: (file: string) => readFileSync(path.join(root, file), 'utf8'),
    setPlan,
    start,
    cox: (args: readonly string[], env?: Readonly<Record<string, string>>) => start(args, env).ended,
    run: (args: readonly string[] = []) => start(['run', '--json', ...args]).ended,
    /** Rows of the table as they are now, by id. */
    table: () => tableRows(readFileSync(path.join(root, 'docs/tasks.md'), 'utf8')),
    /** Lets a `waits` agent of this task go on. */
    letGo: (task: string) => writeFileSync(path.join(agentFolder, `go-${task}`), ''),
    prompts: (task: string) =>
      readdirSync(agentFolder)
        .filter((name) => new RegExp(`^${task}-\\d+\\.md$`).test(name))
        .sort()
        .map((name) => readFileSync(path.join(agentFolder, name), 'utf8')),
    /** Ids of what agents left running, as they wrote it down. */
    left: (task: string) => {
      const file = path.join(agentFolder, `left-${task}`);
      return existsSync(file) ? Number(readFileSync(file, 'utf8')) : null;
    },
    worktrees: () =>
      inProject('worktree', 'list', '--porcelain')
        .split('\n\n')
        .filter((text) => text.trim() !== ''),
    running: () => processesOf(folder),
    /** Sooner than at the end of the test. */
    remove,
  };
}

/** Waits until something is so, for at most `ms`. */
export async function until(isSo: () => boolean, ms = 20_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function row(id: string, cells: Readonly<Record<string, string>> = {}): Row {
  return { id, status: 'not-started', description: `Do ${id}`, branch: `fix/${id}`, ...cells };
}

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function tableText(rows: readonly (Row | string)[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = [line(COLUMNS), line(COLUMNS.map(() => '---'))];
  const sections: string[][] = [];
  for (const entry of rows) {
    if (typeof entry === 'string') sections.push([`## ${entry}`, '', ...head]);
    else {
      if (sections.length === 0) sections.push([...head]);
      sections.at(-1)?.push(line(COLUMNS.map((name) => entry[name] ?? '')));
    }
  }
  return `# Tasks\n\n${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function tableRows(text: string): Record<string, Record<string, string>> {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const rows = lines.map(cells).filter(([id]) => id !== 'id' && !id?.startsWith('---'));
  return Object.fromEntries(
    rows.map((values) => [
      values[0] ?? '',
      Object.fromEntries(COLUMNS.map((name, index) => [name, values[index] ?? ''])),
    ]),
  );
}

function usualConfig(agentFolder: string, remote: boolean): Record<string, string> {
  const command = JSON.stringify([process.execPath, AGENT]);
  return {
    playbook: 'task-table',
    ledger: '{ file: docs/tasks.md }',
    limit: '1',
    agents: `{ default: { kind: command, command: ${command}, env: { AGENT_FOLDER: ${JSON.stringify(agentFolder)} } } }`,
    gates: '[{ name: test, run: "! grep -rn BROKEN work", timeout: 20s }]',
    git: remote ? '{ remote: origin, base: main, push: true }' : '{ base: main, push: false }',
    limits: '{ grace: 300ms }',
  };
}

function configText(config: Readonly<Record<string, string>>): string {
  return Object.entries(config)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

function messagesIn(stdout: string): Message[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): Message => JSON.parse(line));
}

async function endChild(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(timer);
}

/** Processes, other than ours, that were started for this project: their environment or folder names it. */
function processesOf(folder: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({
      pid: Number(name),
      text: readQuietly(`/proc/${name}/environ`),
      command: readQuietly(`/proc/${name}/cmdline`),
    }))
    .filter(({ text, command }) => `${text}${command}`.includes(folder))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ').trim() }));
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
