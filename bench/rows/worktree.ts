import { join } from 'node:path';
import { compare, elapsedMs } from '../measure.ts';
import { git, makeProject, NOOP_AGENT } from '../project.ts';
import { atMost, type Bench, type Row, row } from '../row.ts';
import { openBenchWorkspaces } from '../workspaces.ts';

/** A worktree ready for an agent (branch, owned files left out, guard marker) against plain `git worktree add`. */
export const bench: Bench = {
  name: 'Worktree creation against plain `git worktree add`',
  async run() {
    const rows: Row[] = [];
    for (const files of [1_000, 50_000]) {
      const project = makeProject({ rows: 3, limit: 1, agent: NOOP_AGENT, gate: 'true', files });
      try {
        const workspaces = await openBenchWorkspaces(project.root);
        let next = 0;
        const result = await compare(
          async () => {
            next += 1;
            const task = `T-${next}`;
            const ms = await elapsedMs(async () => {
              const made = await workspaces.prepare({
                task,
                fence: 1,
                repo: null,
                branch: `b/${next}`,
                mergeBase: false,
                deps: [],
              });
              if (!made.ok) throw new Error(made.failure.text);
            });
            await workspaces.inspect({ task, fence: 1, claimed: null }).catch(() => undefined);
            await workspaces.cleanup({ task, fence: 1, keep: false, isDone: true });
            return ms;
          },
          async () => {
            next += 1;
            const path = join(project.home, `plain-${next}`);
            const ms = await elapsedMs(() =>
              git(project.root, 'worktree', 'add', '-q', '-b', `p/${next}`, path, 'main'),
            );
            git(project.root, 'worktree', 'remove', '--force', path);
            return ms;
          },
          files > 10_000 ? 3 : 5,
        );
        rows.push(row(`${files} files: ours`, result.ours, 'ms'));
        rows.push(row(`${files} files: git worktree add`, result.theirs, 'ms'));
        rows.push(atMost(`${files} files: ours against plain`, result.ratio, 'x', 1.2));
      } finally {
        project.remove();
      }
    }
    return rows;
  },
};
