import path from 'node:path';
import { fail } from './failure.ts';
import { identity } from './identity.ts';
import type { LedgerPlace } from './ledger-check.ts';
import { mergeTree } from './merge-in.ts';
import { lines, short } from './repository.ts';
import { gitText } from './run.ts';

interface Apart {
  readonly ours: string;
  readonly theirs: string;
  readonly remote: string;
}

/** Our commits again, on top of theirs: the new tip. Authors and dates stay; nothing but objects is written. */
export async function replay(place: LedgerPlace, apart: Apart): Promise<string> {
  const cwd = place.repository.common;
  const args = ['rev-list', '--reverse', '--topo-order', '--parents', apart.ours, '--not', apart.theirs];
  const commits = lines(await gitText('Cannot list commits', args, { cwd })).map((line) => line.split(' '));
  let tip = apart.theirs;
  for (const [commit = '', parent, ...more] of commits) {
    if (parent === undefined || more.length > 0) throw notLinear(place, apart, commit);
    tip = await replayOne(place, { apart, commit, parent, onto: tip });
  }
  return tip;
}

interface Replayed {
  readonly apart: Apart;
  readonly commit: string;
  readonly parent: string;
  readonly onto: string;
}

/**
 * A cherry-pick by `merge-tree`, which cannot be told a merge base in git 2.39: a throw-away commit with the new tip's
 * tree and the old parent makes git find the right one.
 */
async function replayOne(place: LedgerPlace, { apart, commit, parent, onto }: Replayed): Promise<string> {
  const cwd = place.repository.common;
  const env = await identity(cwd);
  const stand = await gitText('Cannot rebase', ['commit-tree', `${onto}^{tree}`, '-p', parent, '-m', 'stand-in'], {
    cwd,
    env,
  });
  const merge = await mergeTree(place.repository, stand.trim(), commit);
  if (merge.conflicts.length > 0) throw conflict(place, apart, merge.conflicts, commit);
  const now = await gitText('Cannot rebase', ['rev-parse', `${onto}^{tree}`], { cwd });
  // The remote has the same change already.
  if (merge.tree === now.trim()) return onto;
  const [name = '', email = '', date = '', ...message] = (
    await gitText('Cannot rebase', ['log', '-1', '--format=%an%n%ae%n%aD%n%B', '--no-show-signature', commit], { cwd })
  ).split('\n');
  const author = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date };
  const input = message.join('\n').replace(/\n+$/, '\n');
  const args = ['commit-tree', merge.tree, '-p', onto, '-F', '-'];
  return (await gitText('Cannot rebase', args, { cwd, env: { ...env, ...author }, input })).trim();
}

function conflict(place: LedgerPlace, { ours, theirs, remote }: Apart, files: readonly string[], commit: string) {
  const ledger = new Set(place.ledgerFiles.map((file) => path.posix.join(place.repository.prefix, file)));
  const named = files.filter((file) => ledger.has(file));
  const versions = `${place.base} here (${short(ours)}) and on ${remote} (${short(theirs)})`;
  if (named.length > 0) {
    const text = `${named.join(', ')} was changed in conflicting ways on ${versions}. Nothing was changed: run \`git pull --rebase\`, settle the conflict, then run again.`;
    return fail('document', 'ledger-conflict', text, `ours ${ours}\ntheirs ${theirs}\n${named.join('\n')}`);
  }
  const text = `Commit ${short(commit)} conflicts in ${files.join(', ')}: ${versions} went apart. Nothing was changed: run \`git pull --rebase\`, settle the conflict, then run again.`;
  return fail('merge', 'pull-conflict', text, `ours ${ours}\ntheirs ${theirs}`);
}

function notLinear(place: LedgerPlace, { ours, theirs, remote }: Apart, commit: string) {
  const text = `${place.base} here (${short(ours)}) and on ${remote} (${short(theirs)}) went apart, and ${short(commit)} here is a merge that cannot be moved. Nothing was changed: run \`git pull\`, then run again.`;
  return fail('merge', 'pull-conflict', text, `ours ${ours}\ntheirs ${theirs}`);
}
