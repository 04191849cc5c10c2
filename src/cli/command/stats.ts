import { TASK_STATUSES } from '../../core/task.ts';
import { usedTokens, view } from '../../core/view.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import { statusWord } from '../render/status.ts';
import { plural, tokens } from '../render/unit.ts';
import { padEnd } from '../render/width.ts';
import { withLook } from '../with-look.ts';

/** Counts, and tokens against the estimate (T10). */
export function run(call: Call): Promise<number> {
  return withLook(call, 'show the figures', ({ state }) => {
    const { terminal, options } = call;
    const { counts, progress, tasks } = view(state);
    const attempts = tasks.reduce((sum, task) => sum + task.attempts, 0);
    const retried = tasks.filter((task) => task.attempts > 1).length;
    const compared = tasks.filter(({ status, estimate }) => status === 'done' && estimate !== null);
    const usedByThem = compared.reduce((sum, { usage }) => sum + usedTokens(usage), 0);
    if (options.json) {
      const estimateOfDone = progress.estimatedDoneTokens;
      terminal.json({ version: 1, counts, progress, attempts, retried, estimateOfDone, usedByEstimated: usedByThem });
      return EXIT.ok;
    }
    for (const status of TASK_STATUSES) {
      if (counts[status] > 0)
        terminal.line(`${statusWord(terminal, padEnd(status, 9))}  ${String(counts[status]).padStart(5)}`);
    }
    terminal.line(`${padEnd('all', 9)}  ${String(progress.total).padStart(5)}`);
    terminal.line();
    terminal.line(`${plural(attempts, 'attempt')}, ${plural(retried, 'task')} tried more than once`);
    terminal.line(`${tokens(progress.usedTokens)} tokens used, ${tokens(progress.estimatedTokens)} estimated for all`);
    if (compared.length > 0 && progress.estimatedDoneTokens > 0) {
      const percent = Math.round((100 * usedByThem) / progress.estimatedDoneTokens);
      terminal.line(`done tasks used ${percent} % of their estimate`);
    }
    if (progress.costUsd > 0) terminal.line(`${progress.costUsd.toFixed(2)} USD`);
    return EXIT.ok;
  });
}
