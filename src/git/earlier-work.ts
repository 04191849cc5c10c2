import type { Guard } from './guard-file.ts';
import type { KnownRefs } from './keep.ts';
import type { PlaceRecord } from './record.ts';
import { lines, type Repository } from './repository.ts';
import { git } from './run.ts';

interface Earlier {
  readonly repository: Repository;
  readonly guard: Guard;
  readonly record: PlaceRecord;
  readonly now: KnownRefs;
}

/**
 * Does something new hold what the task's branch got in an earlier attempt, and nothing else has? Every attempt is judged
 * by that (O2): a tag that was put back must not pass when the next one makes it again.
 */
export async function holdsEarlierWork({ repository, guard, record, now }: Earlier, tip: string): Promise<boolean> {
  if (record.start === null || tip.startsWith('ref: ')) return false;
  const isOwn = (ref: string) =>
    ref === `refs/heads/${record.branch}` ||
    (ref.startsWith('refs/remotes/') && ref.split('/').slice(3).join('/') === record.branch);
  const isShelf = (ref: string) => ref.startsWith('refs/coxswain/') && ref.split('/')[3] === record.task;
  const before = Object.entries(guard.refs).filter(([ref]) => !isOwn(ref) && !isShelf(ref));
  const fetched = Object.entries(now).filter(([ref]) => ref.startsWith('refs/remotes/') && !isOwn(ref));
  const known = [
    record.start,
    ...[...before, ...fetched].map(([, sha]) => sha).filter((sha) => !sha.startsWith('ref: ')),
  ];
  const input = `${[tip, ...new Set(known.map((sha) => `^${sha}`))].join('\n')}\n`;
  const branch = guard.refs[`refs/heads/${record.branch}`];
  const late = await git(['rev-list', '--ignore-missing', '--stdin'], { cwd: repository.common, input });
  if (branch === undefined || lines(late.stdout).length === 0) return false;
  // Of those, only what is the branch's: commits that came from elsewhere are a fetch's.
  const args = ['rev-list', '--ignore-missing', branch, `^${record.start}`];
  const mine = new Set(lines((await git(args, { cwd: repository.common })).stdout));
  return lines(late.stdout).some((sha) => mine.has(sha));
}
