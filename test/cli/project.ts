import path from 'node:path';
import { git, scratch, write } from './cox.ts';

export interface ProjectFiles {
  /** `docs/tasks.md`. */
  readonly tasks?: string | Uint8Array;
  /** Lines added to `coxswain.yaml`, or the whole of it when it starts with `playbook`. */
  readonly config?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly remote?: boolean;
  readonly repository?: boolean;
}

export interface TestProject {
  readonly root: string;
  /** The bare repository behind `origin`, when there is one. */
  readonly remote: string;
}

const CONFIG = 'playbook: task-table\nledger: { file: docs/tasks.md }\n';

/** Three tasks in two phases: A1, then A2 after it; B1 in the next phase. */
export const TASKS = `# Tasks

## Phase 1 - First

| id | status | description | branch | depends_on | estimate |
|----|--------|-------------|--------|------------|----------|
| A1 | not-started | Lay the base | task/a1 | | 5K |
| A2 | not-started | Build on it | task/a2 | A1 | 10K |

## Phase 2 - Second

| id | status | description | branch | depends_on | estimate |
|----|--------|-------------|--------|------------|----------|
| B1 | not-started | Finish | task/b1 | | 15K |
`;

/** An agent that writes one file, commits it, and reports. */
const AGENT = `import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const id = process.env.COX_TASK_ID;
writeFileSync(id + '.txt', 'work of ' + id + '\\n');
execFileSync('git', ['add', '-A']);
execFileSync('git', ['commit', '-q', '-m', 'feat(' + id + '): work']);
const commit_sha = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
console.log('\`\`\`json\\n' + JSON.stringify({ task_id: id, status: 'success', used: '4K', commit_sha, notes: 'done' }) + '\\n\`\`\`');
`;

export function project({
  tasks = TASKS,
  config = '',
  files = {},
  remote = false,
  repository = true,
}: ProjectFiles = {}): TestProject {
  const folder = scratch();
  const root = path.join(folder, 'project');
  const bare = path.join(folder, 'remote.git');
  write(root, {
    'coxswain.yaml': /^playbook/m.test(config) ? config : `${CONFIG}${config}`,
    'docs/tasks.md': tasks,
    'README.md': '# A project\n',
    ...files,
  });
  if (!repository) return { root, remote: bare };
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'Start');
  if (remote) {
    git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
    git(root, 'remote', 'add', 'origin', bare);
    git(root, 'push', '-q', '-u', 'origin', 'main');
  }
  return { root, remote: bare };
}

/** A project whose agent is `AGENT`, outside the repository's worktrees. */
export function workingProject(files: ProjectFiles = {}): TestProject {
  const agent = path.join(scratch(), 'agent.mjs');
  write(path.dirname(agent), { 'agent.mjs': AGENT });
  return project({
    remote: true,
    ...files,
    config: `agents:\n  default: { kind: command, command: [node, ${JSON.stringify(agent)}] }\n${files.config ?? ''}`,
  });
}
