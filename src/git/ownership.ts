import process from 'node:process';
import type { Violation } from '../core/event.ts';
import type { TaskId } from '../core/fact.ts';
import { matcher, orchestratorGlobs, workerGlobs } from './own-globs.ts';
import { short } from './repository.ts';
import type { RepoPlace, Site } from './site.ts';
import type { Touch } from './touched.ts';

/** As many as a person or an agent reads; the rest is counted. */
const MAX_TOLD = 50;

/** Which of the touched paths are not the worker's to write (O1, O2), each with the commit that did it. */
export function ownershipViolations(site: Site, { task, repo, touched, start, kept }: Owned): readonly Violation[] {
  const of = { task, isProject: repo.isProject, prefix: repo.repository.prefix };
  // Where the disk knows no difference, `Docs/Tasks.md` is the ledger too.
  const ignoreCase = process.platform !== 'linux';
  const isOwned = matcher(
    orchestratorGlobs(site, of).map(({ pattern }) => pattern),
    ignoreCase,
  );
  const isAllowed = matcher(workerGlobs(site, of), ignoreCase);
  const next = `The branch goes back to ${short(start)}; the work is kept at ${kept}: do it again without that.`;
  return bounded(
    touched.flatMap(({ path, commit, how }): Violation[] => {
      const by = `by commit ${short(commit)}`;
      if (isOwned(path)) {
        const text = `${path} was ${how} ${by}; only the orchestrator writes it. ${next}`;
        return [{ what: 'owned-file', path, text }];
      }
      if (isAllowed(path)) return [];
      const text = `${path} was ${how} ${by}; it is not among the files this task may write. ${next}`;
      return [{ what: 'outside-globs', path, text }];
    }),
  );
}

interface Owned {
  readonly task: TaskId;
  readonly repo: RepoPlace;
  readonly touched: readonly Touch[];
  /** Where the branch goes back to. */
  readonly start: string;
  /** Ref under which what was done stays. */
  readonly kept: string;
}

function bounded(violations: readonly Violation[]): readonly Violation[] {
  const first = violations[MAX_TOLD - 1];
  if (first === undefined || violations.length === MAX_TOLD) return violations;
  const rest = violations.length - MAX_TOLD + 1;
  return [...violations.slice(0, MAX_TOLD - 1), { ...first, text: `${first.text} And ${rest - 1} more of the kind.` }];
}
