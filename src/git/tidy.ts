import { rm } from 'node:fs/promises';
import path from 'node:path';
import { crashPoint } from '../process/crash-point.ts';
import { listCheckouts } from './checkouts.ts';
import { inTurn } from './queue.ts';
import { git } from './run.ts';
import { repoPlace, type Site } from './site.ts';

/** Takes the pool of gate worktrees away: after a run that ended `done` only the person's own checkouts are left. */
export async function tidy(site: Site): Promise<void> {
  const pool = path.join(site.folder, 'gate-pool');
  crashPoint('tidy:before');
  for (const name of [null, ...Object.keys(site.options.repos)]) {
    const { repository } = await repoPlace(site, name);
    await inTurn(repository.common, async () => {
      const slots = (await listCheckouts(repository)).filter(({ root }) => path.dirname(root) === pool);
      for (const { root } of slots) {
        await git(['worktree', 'remove', '--force', '--force', '--', root], { cwd: repository.common });
      }
    });
  }
  // What git did not know of any more.
  await rm(pool, { recursive: true, force: true });
  crashPoint('tidy:after');
}
