import { crashPoint } from '../process/crash-point.ts';
import { commandFailure, fail, lastWords } from './failure.ts';
import { identity } from './identity.ts';
import { ourMove } from './keep.ts';
import type { LedgerPlace } from './ledger-check.ts';
import { git, gitTest, gitText } from './run.ts';

/**
 * One commit of exactly these files as they are on the disk, whatever else is staged or dirty (T3, DESIGN trap 2). The
 * repository's hooks run and may refuse. Nothing changed: no commit.
 */
export async function commitLedger(place: LedgerPlace, files: readonly string[], message: string): Promise<void> {
  const cwd = place.root;
  const paths = files.map((file) => `:(literal)${file}`);
  const args = ['commit', '--quiet', '--only', `--message=${message}`, '--', ...paths];
  const env = { ...(await identity(cwd)), ...ourMove('commit') };
  crashPoint('ledger-commit:before');
  let result = await git(args, { cwd, env });
  if (/did not match any file/.test(result.stderr)) {
    await introduce(place, files);
    result = await git(args, { cwd, env });
  }
  crashPoint('ledger-commit:after');
  if (result.exitCode === 0 || (await isSame(cwd, paths))) return;
  const output = `${result.stderr}\n${result.stdout}`;
  const known = commandFailure('Cannot commit the ledger', output);
  if (known.failure.code !== 'git-failed') throw known;
  const text = `Cannot commit ${files.join(', ')}: git or a hook refused it ("${lastWords(output)}"). The file is written; mend the cause, then run again.`;
  throw fail('config', 'ledger-commit-refused', text, output);
}

/** Git has no exit status of its own for "nothing to commit". */
async function isSame(cwd: string, paths: readonly string[]): Promise<boolean> {
  const unknown = await gitText('Cannot look at the ledger', ['ls-files', '--others', '--', ...paths], { cwd });
  return (
    unknown === '' &&
    (await gitTest('Cannot look at the ledger', ['diff', '--quiet', '--no-ext-diff', 'HEAD', '--', ...paths], { cwd }))
  );
}

/** A ledger that git does not know yet is only announced to the index: `commit --only` takes its content then. */
async function introduce({ root }: LedgerPlace, files: readonly string[]): Promise<void> {
  const paths = files.map((file) => `:(literal)${file}`);
  const out = await gitText('Cannot look at the ledger', ['ls-files', '-z', '--others', '--', ...paths], { cwd: root });
  const unknown = out.split('\0').filter((name) => name !== '');
  if (unknown.length === 0) return;
  const result = await git(['add', '--intent-to-add', '--', ...unknown.map((file) => `:(literal)${file}`)], {
    cwd: root,
  });
  if (result.exitCode === 0) return;
  const text = `Cannot commit ${unknown.join(', ')}: git does not take it (${lastWords(result.stderr)}). If it is ignored, remove it from .gitignore, or set ledger.sync.commit to never.`;
  throw fail('config', 'ledger-ignored', text, result.stderr);
}
