import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cox, git, scratch, write } from './cox.ts';
import { type ProjectFiles, project, TASKS } from './project.ts';

/** A repository without a configuration; no agent is on this PATH. */
function bare(files: ProjectFiles = {}): string {
  const { root } = project(files);
  rmSync(path.join(root, 'coxswain.yaml'));
  git(root, 'commit', '-q', '-am', 'No configuration');
  return root;
}
const env = { PATH: '/usr/bin:/bin' };
const configOf = (root: string): string => readFileSync(path.join(root, 'coxswain.yaml'), 'utf8');

test('finds the table, the remote, the branch and the checks; what it writes can be read', async () => {
  const scripts = { test: 'node --test', lint: 'biome lint', start: 'node .' };
  const root = bare({ remote: true, files: { 'package.json': JSON.stringify({ scripts }) } });
  const { code, stdout, stderr } = await cox(['init'], { cwd: path.join(root, 'docs'), env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Tasks:   docs/tasks.md, 3 rows');
  expect(stdout).toContain('Gates:   npm run lint, npm test');
  expect(stdout).toContain('Git:     base main, pushes to origin');
  expect(configOf(root)).toContain('remote: origin');
  expect(await cox(['lint'], { cwd: root })).toMatchObject({ code: 0, stdout: '3 tasks, no mistakes.\n' });
});

test('columns and words as people have them', async () => {
  const tasks =
    '| Ticket ID | Title | State | Blocked by |\n|---|---|---|---|\n| T-1 | x | ✅ Done | |\n| T-2 | y | todo | T-1 |\n';
  const root = bare({ tasks: '# Nothing\n', files: { 'plan/BACKLOG.md': tasks } });
  const { stdout } = await cox(['init', '--yes'], { cwd: root, env });
  expect(stdout).toContain('plan/BACKLOG.md');
  expect(configOf(root)).toContain('id: Ticket ID');
  const { code, stdout: list } = await cox(['list'], { cwd: root });
  expect(code, configOf(root)).toBe(0);
  expect(list).toMatch(/T-1 +done/);
  expect(list).toMatch(/T-2 +ready/);
});

test('without a remote nothing is pushed; without an agent it says what to do', async () => {
  const root = bare();
  const { stdout } = await cox(['init'], { cwd: root, env });
  expect(stdout).toContain('no remote, nothing is pushed');
  expect(stdout).toContain('Next step: name your agent');
  expect(configOf(root)).toContain('push: false');
});

test('never overwrites', async () => {
  const { root } = project();
  const before = configOf(root);
  const { code, stderr } = await cox(['init', '--yes'], { cwd: root });
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
  expect(configOf(root)).toBe(before);
});

test('no table: says where one is expected', async () => {
  const root = bare({ tasks: '# Tasks\n\nnone\n' });
  const { code, stdout } = await cox(['init'], { cwd: root, env });
  expect(code).toBe(0);
  expect(stdout).toContain('Next step: write docs/tasks.md');
});

test('no repository', async () => {
  const folder = scratch();
  write(folder, { 'docs/tasks.md': TASKS });
  const { code, stderr } = await cox(['init'], { cwd: folder });
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no git repository.*Next step: run `git init`/),
  });
  expect(existsSync(path.join(folder, 'coxswain.yaml'))).toBe(false);
});
