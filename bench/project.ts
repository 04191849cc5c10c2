import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskTable } from './document.ts';

export interface BenchProject {
  /** Folder that holds everything; removed by `remove`. */
  readonly home: string;
  readonly root: string;
  remove(): void;
}

export interface ProjectRequest {
  readonly rows: number;
  readonly limit: number;
  /** Shell lines of the agent, run in the worktree; it must commit and print the report. */
  readonly agent: string;
  readonly gate: string;
  /** Files besides the table. */
  readonly files?: number;
}

export const GIT_ENV = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Bench',
  GIT_AUTHOR_EMAIL: 'bench@localhost',
  GIT_COMMITTER_NAME: 'Bench',
  GIT_COMMITTER_EMAIL: 'bench@localhost',
};

/** Commits one file and reports: an agent whose own work costs next to nothing. */
export const NOOP_AGENT = `
echo "$COX_TASK_ID" >"$COX_TASK_ID.txt"
git add "$COX_TASK_ID.txt"
git commit -q -m "fix($COX_TASK_ID): no-op"
printf '{"task_id": "%s", "status": "success", "used": "1K", "commit_sha": "%s", "notes": "ok"}\\n' "$COX_TASK_ID" "$(git rev-parse HEAD)"
`;

/** A throwaway project with a bare remote, a table of \`rows\` rows and a shell agent. */
export function makeProject(request: ProjectRequest): BenchProject {
  const home = mkdtempSync(join(tmpdir(), 'cox-bench-'));
  const root = join(home, 'project');
  git(home, 'init', '-q', '--bare', '-b', 'main', 'remote.git');
  git(home, 'init', '-q', '-b', 'main', 'project');
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'docs/tasks.md'), taskTable(request.rows).replaceAll(/T-\d+ (?=\| {2}\|)/g, ' '));
  writeFileSync(join(home, 'agent.sh'), request.agent);
  writeFileSync(join(root, 'coxswain.yaml'), configuration(home, request));
  for (let index = 0; index < (request.files ?? 0); index += 1) {
    const folder = join(root, 'src', String(index % 100));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${index}.txt`), `file ${index}\n`);
  }
  writeFileSync(join(root, '.gitignore'), '.worktrees/\n');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'start');
  git(root, 'remote', 'add', 'origin', join(home, 'remote.git'));
  git(root, 'push', '-q', '-u', 'origin', 'main');
  return { home, root, remove: () => rmSync(home, { recursive: true, force: true }) };
}

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: GIT_ENV, encoding: 'utf8' });
}

function configuration(home: string, request: ProjectRequest): string {
  return `playbook: task-table
ledger: { file: docs/tasks.md }
limit: ${request.limit}
agents:
  default: { kind: command, command: [sh, ${join(home, 'agent.sh')}] }
gates:
  - { name: test, run: '${request.gate}', timeout: 10m }
git: { remote: origin, base: main, push: true }
`;
}
