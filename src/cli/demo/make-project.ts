import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { CliError } from '../cli-error.ts';
import { DEMO_FILES } from './project-files.ts';

export interface DemoProject {
  /** Absolute folder around both; nothing outside it is touched. */
  readonly folder: string;
  readonly root: string;
  /** The bare repository that plays the remote. */
  readonly remote: string;
}

/** A person's own git settings (signing, hooks, templates) must not change what the demo shows. */
export const DEMO_GIT: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: 'Cox Demo',
  GIT_AUTHOR_EMAIL: 'demo@example.invalid',
  GIT_COMMITTER_NAME: 'Cox Demo',
  GIT_COMMITTER_EMAIL: 'demo@example.invalid',
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_CONFIG_NOSYSTEM: '1',
};

/** A project with a bare remote beside it, in a new temporary folder. */
export async function makeDemoProject(): Promise<DemoProject> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'cox-demo-')));
  const root = path.join(folder, 'project');
  const remote = path.join(folder, 'remote.git');
  for (const [name, text] of Object.entries(DEMO_FILES)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  await demoGit(folder, 'init', '-q', '--bare', remote);
  await demoGit(remote, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  await demoGit(root, 'init', '-q');
  await demoGit(root, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  await demoGit(root, 'add', '-A');
  await demoGit(root, 'commit', '-q', '-m', 'A project with nine tasks');
  await demoGit(root, 'remote', 'add', 'origin', remote);
  await demoGit(root, 'push', '-q', 'origin', 'main');
  return { folder, root, remote };
}

export async function demoGit(cwd: string, ...args: string[]): Promise<string> {
  const { failed, stdout, stderr, shortMessage } = await execa('git', args, {
    cwd,
    env: DEMO_GIT,
    reject: false,
    stdin: 'ignore',
  });
  if (failed)
    throw new CliError(
      'make the demo',
      `git ${args[0]} failed: ${stderr || shortMessage}`,
      'check that git works here',
    );
  return stdout;
}
