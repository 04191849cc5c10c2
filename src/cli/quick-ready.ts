import path from 'node:path';
import { openPeek, type PeekOrder } from '../store/peek.ts';
import { isSeen, SEEN } from './freshness.ts';
import { findProject } from './project.ts';
import { escapeJson } from './render/escape.ts';

/**
 * `cox ready --json` for programs that ask it before each step: when neither configuration nor documents changed since
 * the last look, the prepared rows are the answer, and no parser, schema or query builder is loaded.
 *
 * @returns null when it takes more than that, and for everything that is wrong: the long way says what.
 */
export function quickReady({ cwd, env }: { cwd: string; env: string | undefined }): string | null {
  try {
    const place = findProject({ option: undefined, env, cwd });
    const peek = place ? openPeek(path.join(place.root, '.coxswain', 'state.db')) : undefined;
    if (!place || !peek) return null;
    try {
      const seen = isSeen(place.root, peek.meta(SEEN));
      if (!seen?.order) return null;
      const tasks = peek.taskTexts({ statuses: ['ready'], order: seen.order as readonly PeekOrder[] });
      return escapeJson(`{"version":1,"tasks":[${tasks.join(',')}]}\n`);
    } finally {
      peek.close();
    }
  } catch {
    return null;
  }
}
