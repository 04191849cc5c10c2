import process from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { gitEnvironment, sshCommand } from '../../src/git/environment.ts';
import { asFailure, commandFailure, lastWords } from '../../src/git/failure.ts';
import { git, gitProcesses, gitTest, gitText } from '../../src/git/run.ts';
import { makeWorld, scratch } from './world.ts';

function withEnv(values: Readonly<Record<string, string>>): void {
  const saved = { ...process.env };
  Object.assign(process.env, values);
  onTestFinished(() => {
    for (const name of Object.keys(values)) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });
}

it('no variable of an outer git gets through, identities and transport do', () => {
  withEnv({
    GIT_DIR: '/x',
    GIT_INDEX_FILE: '/x',
    GIT_WORK_TREE: '/x',
    GIT_TRACE: '1',
    GIT_SSL_NO_VERIFY: '1',
    LC_ALL: 'de_DE',
  });
  const env = gitEnvironment();
  expect(env).toMatchObject({
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    GIT_SSL_NO_VERIFY: '1',
    GIT_AUTHOR_NAME: 'Test Author',
  });
  for (const name of ['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE', 'GIT_TRACE']) expect(env).not.toHaveProperty(name);
});

it('runs in the folder it is told although a hook set GIT_DIR', async () => {
  const world = await makeWorld();
  withEnv({ GIT_DIR: '/nowhere' });
  expect((await gitText('x', ['rev-parse', '--show-toplevel'], { cwd: world.root })).trim()).toBe(world.root);
});

it('ssh never asks, and a command of the person stays', () => {
  expect(sshCommand(null)).toBe('ssh -o BatchMode=yes');
  expect(sshCommand('/usr/bin/ssh -i key')).toBe('/usr/bin/ssh -i key -o BatchMode=yes');
  expect(sshCommand('plink.exe')).toBe('plink.exe');
  withEnv({ GIT_SSH_COMMAND: 'ssh -v' });
  expect(sshCommand('other')).toBe('ssh -v -o BatchMode=yes');
});

it('tells what it did in numbers, answers and failures', async () => {
  const world = await makeWorld();
  const call = { cwd: world.root };
  const before = gitProcesses();
  expect(await gitTest('x', ['diff', '--quiet'], call)).toBe(true);
  expect((await git(['rev-parse', 'nothing'], call)).exitCode).toBe(128);
  expect(gitProcesses() - before).toBe(2);
  await expect(gitText('Cannot do it', ['rev-parse', 'nothing'], call)).rejects.toMatchObject({
    failure: { code: 'git-failed', text: expect.stringMatching(/^Cannot do it: git says "ambiguous argument/) },
  });
  await expect(git(['status'], { cwd: '/nowhere' })).rejects.toMatchObject({ failure: { code: 'no-git' } });
});

it('ends a git that takes too long', async () => {
  const folder = await scratch();
  const result = await git(['-c', 'alias.hang=!exec sleep 30', 'hang'], { cwd: folder, timeoutMs: 200 });
  expect(result).toMatchObject({ exitCode: null, stderr: expect.stringMatching(/did not end within 0.2 s/) });
});

it('knows what git means', () => {
  const code = (stderr: string) => commandFailure('Cannot', stderr).failure.code;
  expect(code("fatal: could not read Username for 'https://x': terminal prompts disabled")).toBe('auth');
  expect(code('git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.')).toBe('auth');
  expect(code('fatal: unable to access: Could not resolve host: x')).toBe('remote-unreachable');
  expect(code('fatal: sha1 file: write error: No space left on device')).toBe('disk-full');
  expect(code("error: unable to write file 'a.bin'")).toBe('disk-full');
  expect(code("fatal: Unable to create '/x/index.lock': File exists.")).toBe('git-locked');
  expect(code('fatal: something else')).toBe('git-failed');
  expect(lastWords('hint: x\nwarning: y\nfatal: z\n')).toBe('z');
  expect(asFailure(Object.assign(new Error('x'), { code: 'ENOSPC' })).code).toBe('disk-full');
  expect(() => asFailure(new Error('bug'))).toThrow('bug');
});
