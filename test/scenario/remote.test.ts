import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { git, makeProject, type Project, row, until } from './project.ts';

/** A colleague's clone, in which `edit` is committed and pushed. */
function colleague(project: Project, edit: (text: string) => string): void {
  const clone = path.join(project.folder, 'clone');
  git(project.folder, 'clone', '-q', project.remoteFolder, clone);
  const file = path.join(clone, 'docs/tasks.md');
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
  git(clone, 'commit', '-qam', 'edit of a colleague');
  git(clone, 'push', '-q', 'origin', 'main');
}

it('an edit upstream is merged with ours (T8)', async () => {
  const project = makeProject({ rows: [row('A1'), row('A2'), row('A3')], plan: { A1: ['waits ok'] } });
  const run = project.start(['run', '--json']);
  await until(() => run.messages().some(({ type }) => type === 'started'));
  colleague(project, (text) => text.replace('Do A3', 'Do A3 with care'));
  project.letGo('A1');
  const { status } = await run.ended;
  expect(status).toBe(0);
  expect(project.table().A3).toMatchObject({ status: 'done', description: 'Do A3 with care' });
  expect(project.prompts('A3')[0]).toContain('Do A3 with care');
  expect(project.git('rev-parse', 'main')).toBe(project.remoteGit('rev-parse', 'main'));
  expect(project.remoteGit('log', '--format=%s', 'main')).toContain('edit of a colleague');
});

it('an edit upstream of the row we write stops the run for a person, and nothing is lost (T8)', async () => {
  const project = makeProject({ rows: [row('A1'), row('A2')], plan: { A1: ['waits ok'] } });
  const run = project.start(['run', '--json']);
  await until(() => run.messages().some(({ type }) => type === 'started'));
  const ours = project.git('rev-parse', 'main');
  colleague(project, (text) => text.replace('| A1 | in-progress |', '| A1 | cancelled |'));
  project.letGo('A1');
  const { status, messages } = await run.ended;
  expect(status).toBe(3);
  expect(messages.at(-1)).toMatchObject({ outcome: 'waiting' });
  expect(project.git('merge-base', '--is-ancestor', ours, 'main')).toBe('');
  expect(project.remoteGit('log', '-1', '--format=%s', 'main')).toBe('edit of a colleague');
  expect(project.git('status', '--porcelain')).toBe('');
  expect(project.remoteGit('show', 'fix/A1:work/A1.txt')).toBe('A1 done');
});

it('a remote that asks for credentials is said at once, and nothing is touched', async () => {
  const server = createServer((_, response) => {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const project = makeProject({ rows: [row('A1')] });
  project.git('remote', 'set-url', 'origin', `http://127.0.0.1:${port}/x.git`);
  const head = project.git('rev-parse', 'main');
  const begun = Date.now();
  const { status, messages } = await project.run();
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(status).toBe(3);
  expect(messages.at(-1)).toMatchObject({
    type: 'run-ended',
    outcome: 'waiting',
    text: expect.stringContaining('credentials'),
  });
  expect(project.git('rev-parse', 'main')).toBe(head);
});

it.each([
  ['a detached HEAD', (project: Project) => project.git('checkout', '-q', '--detach')],
  ['another branch than the base', (project: Project) => project.git('checkout', '-qb', 'other')],
])('a project on %s is refused with a sentence', async (_, spoil) => {
  const project = makeProject({ rows: [row('A1')] });
  spoil(project);
  const { status, stderr } = await project.run();
  expect(status).toBe(2);
  expect(stderr).toContain('main');
  expect(stderr).toContain('git switch main');
  expect(project.table().A1?.status).toBe('not-started');
});

it('a branch that is checked out elsewhere, or a folder in the way, is named and waits for a person', async () => {
  const project = makeProject({ rows: [row('A1'), row('A2')] });
  project.git('worktree', 'add', '-q', '-b', 'fix/A1', path.join(project.folder, 'elsewhere'));
  project.write('.coxswain/worktrees/A2/mine.txt', 'mine\n');
  const { status, messages } = await project.run();
  expect(status).toBe(3);
  const texts = messages.filter(({ type }) => type.startsWith('failed-')).map(({ text }) => text);
  expect(texts.join('\n')).toContain('elsewhere');
  expect(texts.join('\n')).toContain('worktrees/A2');
  expect(project.read('.coxswain/worktrees/A2/mine.txt')).toBe('mine\n');
});
