import { execa } from 'execa';
import { CliError } from '../cli-error.ts';

export interface FoundRepository {
  /** Absolute top folder of the checkout. */
  readonly root: string;
  /** The branch that is checked out; `main` when none is. */
  readonly base: string;
  readonly isDetached: boolean;
  /** `origin` when there is one, else the first; null: none. */
  readonly remote: string | null;
  /** Markdown files that git knows or would know, relative to the root. */
  readonly documents: readonly string[];
}

export async function findRepository(folder: string): Promise<FoundRepository> {
  const git = async (...args: string[]): Promise<string | null> => {
    const { exitCode, stdout } = await execa('git', args, {
      cwd: folder,
      reject: false,
      stdin: 'ignore',
      env: { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    });
    return exitCode === 0 ? stdout : null;
  };
  const root = await git('rev-parse', '--show-toplevel');
  if (root === null) {
    throw new CliError(
      'write a configuration',
      `${folder} is in no git repository with a work tree`,
      'run `git init` first, or go to the repository',
    );
  }
  const branch = await git('symbolic-ref', '--quiet', '--short', 'HEAD');
  const remotes = (await git('remote'))?.split('\n').filter((name) => name !== '') ?? [];
  const listed = await git(
    '-C',
    root,
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    '*.md',
    '*.MD',
    '*.markdown',
  );
  return {
    root,
    base: branch ?? 'main',
    isDetached: branch === null,
    remote: remotes.includes('origin') ? 'origin' : (remotes[0] ?? null),
    documents: listed?.split('\0').filter((file) => file !== '') ?? [],
  };
}
