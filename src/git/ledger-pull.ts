import { crashPoint } from '../process/crash-point.ts';
import { fail, lastWords } from './failure.ts';
import { ourMove } from './keep.ts';
import type { LedgerPlace } from './ledger-check.ts';
import { replay } from './ledger-replay.ts';
import { fetchRemote } from './remote.ts';
import { isAncestor, readRefs, short } from './repository.ts';
import { git, gitText } from './run.ts';

/** A person commits while we rebuild; more often than this in a row is no coincidence. */
const TRIES = 3;

/**
 * Brings the base branch up to date with the remote (T3, T8): forward where we have nothing of our own, else our commits
 * put on top of the remote's. They are built without a work tree; the checkout is moved in one step that leaves staged
 * and unstaged work alone and refuses when a changed file is in the way. Commits of a person that are not pushed are put
 * on top the same way, if that works without a conflict. No remote, or no base branch there: nothing to do.
 *
 * @throws GitError `ledger-conflict` naming both versions, `pull-conflict`, `pull-in-the-way`, `auth`, ...
 */
export async function pullLedger(place: LedgerPlace): Promise<void> {
  if (place.remote === null) return;
  await fetchRemote(place.repository, place.remote);
  for (let nth = 0; nth < TRIES; nth++) {
    if (await bringIn(place, place.remote)) return;
  }
  const text = `Cannot bring in ${place.remote}/${place.base}: ${place.base} keeps moving here at the same time. Run again when it is quiet.`;
  throw fail('workspace', 'base-moves', text);
}

/** False: the branch moved under us, and nothing was changed. */
async function bringIn(place: LedgerPlace, remote: string): Promise<boolean> {
  const { repository, base } = place;
  const names = { ours: `refs/heads/${base}`, theirs: `refs/remotes/${remote}/${base}` };
  const refs = await readRefs(repository, Object.values(names));
  const ours = refs.get(names.ours);
  const theirs = refs.get(names.theirs);
  if (ours === undefined || theirs === undefined || ours === theirs) return true;
  if (await isAncestor(repository.common, theirs, ours)) return true;
  if (await isAncestor(repository.common, ours, theirs)) return forward(place, theirs);
  const rebuilt = await replay(place, { ours, theirs, remote });
  return moveTo(place, ours, rebuilt);
}

async function forward(place: LedgerPlace, to: string): Promise<true> {
  crashPoint('ledger-forward:before');
  const args = ['merge', '--quiet', '--ff-only', '--no-verify-signatures', to];
  const result = await git(args, { cwd: place.root, env: ourMove('pull'), config: ['merge.autoStash=false'] });
  crashPoint('ledger-forward:after');
  if (result.exitCode === 0) return true;
  throw inTheWay(place, to, result.stderr);
}

/**
 * `checkout -B` of the branch that is checked out: index and files go along, what is staged or changed elsewhere stays,
 * and git refuses before it touches anything. It has no compare-and-swap, so its reflog is asked afterwards whether a
 * commit slipped in between; then the branch is given back.
 */
async function moveTo(place: LedgerPlace, from: string, to: string): Promise<boolean> {
  const { base, root } = place;
  if ((await tip(place)) !== from) return false;
  crashPoint('ledger-rebase:before');
  const result = await git(['checkout', '--quiet', '-B', base, to, '--'], { cwd: root, env: ourMove('rebase') });
  crashPoint('ledger-rebase:after');
  if (result.exitCode !== 0) throw inTheWay(place, to, result.stderr);
  const before = (
    await gitText('Cannot read the log of the base branch', ['rev-parse', `refs/heads/${base}@{1}`], { cwd: root })
  ).trim();
  if (before === from) return true;
  await gitText('Cannot give the base branch back', ['checkout', '--quiet', '-B', base, before, '--'], { cwd: root });
  return false;
}

async function tip({ repository, base }: LedgerPlace): Promise<string | undefined> {
  const ref = `refs/heads/${base}`;
  return (await readRefs(repository, [ref])).get(ref);
}

function inTheWay({ root, base, remote }: LedgerPlace, to: string, stderr: string) {
  const files = stderr
    .split('\n')
    .filter((line) => line.startsWith('\t'))
    .map((line) => line.trim());
  const which = files.length === 0 ? lastWords(stderr) : files.join(', ');
  const text = `Cannot bring in ${remote}/${base} (${short(to)}): files with changes of yours in ${root} are in the way: ${which}. Commit, stash or move them, then run again.`;
  return fail('workspace', 'pull-in-the-way', text, stderr);
}
