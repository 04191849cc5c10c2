import type { Failure } from '../core/failure.ts';
import type { FailureClass } from '../core/playbook.ts';

/**
 * A failure on its way out of git code. Operations whose port answers with data turn it into that (`asFailure`); the
 * others let it out, and whoever performs the effect finds the `failure` on it.
 */
export class GitError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.text);
    this.name = 'GitError';
    this.failure = failure;
  }
}

/** The failure inside an error of ours; anything else is a bug or a dying machine and is thrown on. */
export function asFailure(error: unknown): Failure {
  if (error instanceof GitError) return error.failure;
  const full = fileSystemFailure(error);
  if (full !== null) return full;
  throw error;
}

export function fail(failureClass: FailureClass, code: string, text: string, evidence = ''): GitError {
  return new GitError({ class: failureClass, code, text, evidence: evidence.slice(-EVIDENCE) });
}

/** Runs `work` and gives its failure as data; null: it went well. */
export async function failureOf(work: () => Promise<void>): Promise<Failure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return asFailure(error);
  }
}

const EVIDENCE = 8_000;

interface Kind {
  readonly seen: RegExp;
  readonly class: FailureClass;
  readonly code: string;
  readonly because: string;
}

/** What git's own words mean for a person. First match wins. */
const KINDS: readonly Kind[] = [
  {
    seen: /No space left on device|Disk quota exceeded/i,
    class: 'workspace',
    code: 'disk-full',
    because: 'the disk is full. Free some space, then run again.',
  },
  {
    seen: /unable to write (?:file|new index|loose object)|write error/i,
    class: 'workspace',
    code: 'disk-full',
    because: 'git could not write a file; most likely the disk is full. Free some space, then run again.',
  },
  {
    seen: /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied \(|Host key verification failed|returned error: 40[13]/i,
    class: 'config',
    code: 'auth',
    because:
      'the remote asks for credentials that git does not have. Set up a credential helper or an ssh key so that `git fetch` works without a question, then run again.',
  },
  {
    seen: /Could not resolve host|unable to access|Connection (?:refused|timed out|reset)|Network is unreachable|does not appear to be a git repository|Could not read from remote repository|repository .* not found|the remote end hung up/i,
    class: 'config',
    code: 'remote-unreachable',
    because: 'the remote cannot be reached. Check its address with `git remote -v` and the network, then run again.',
  },
  {
    seen: /dubious ownership/i,
    class: 'config',
    code: 'unsafe-repository',
    because: 'git does not trust this folder because somebody else owns it. See `git help config` on safe.directory.',
  },
  {
    seen: /Unable to create '[^']*\.lock'|could not lock config file|Another git process seems/i,
    class: 'workspace',
    code: 'git-locked',
    because: 'another git process holds a lock. Wait for it; if none is running, remove the lock file it names.',
  },
  {
    seen: /cannot lock ref '[^']*': '[^']*' exists; cannot create/,
    class: 'workspace',
    code: 'name-taken',
    because:
      'a branch of which the other name is a part exists, and git cannot have both. Rename one of them, then retry.',
  },
];

/** Turns a failed command into a failure: `what` is the start of the sentence, `Cannot push branch x`. */
export function commandFailure(what: string, stderr: string): GitError {
  const kind = KINDS.find(({ seen }) => seen.test(stderr));
  if (kind) return fail(kind.class, kind.code, `${what}: ${kind.because}`, stderr);
  return fail(
    'workspace',
    'git-failed',
    `${what}: git says "${lastWords(stderr)}". Mend the cause, then retry.`,
    stderr,
  );
}

/** The line of git's output that says most: its first fatal or error line, else its last one. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const line = lines.find((each) => /^(?:fatal|error): /.test(each)) ?? lines.at(-1) ?? 'nothing';
  return line.replace(/^(?:fatal|error): /, '').slice(0, 300);
}

function fileSystemFailure(error: unknown): Failure | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return null;
  const text = 'Cannot write to the project: the disk is full. Free some space, then run again.';
  return { class: 'workspace', code: 'disk-full', text, evidence: error.message };
}
