import type { Violation, Work } from '../core/event.ts';
import type { TaskId } from '../core/fact.ts';
import type { Failure } from '../core/failure.ts';
import type { Workspaces } from '../port/workspace.ts';

/** Workspaces without git: commits are names, and a task's branch holds what its attempts were told to have done. */
export interface MemoryWorkspaces extends Workspaces {
  /** Calls by name, with the task they were about. */
  readonly calls: readonly { readonly name: string; readonly task: TaskId | null }[];
  readonly pushed: readonly string[];
  /** What the next inspections say instead of "one new commit and nothing else". */
  answer(inspection: { readonly work?: Partial<Work>; readonly violations?: readonly Violation[] }): void;
  refusePrepare(failure: Failure | null): void;
}

export function openMemoryWorkspaces(folder: string): MemoryWorkspaces {
  const calls: { readonly name: string; readonly task: TaskId | null }[] = [];
  const pushed: string[] = [];
  let inspection: { readonly work?: Partial<Work>; readonly violations?: readonly Violation[] } = {};
  let prepareFailure: Failure | null = null;
  const call = (name: string, task: TaskId | null): void => {
    calls.push({ name, task });
  };
  return {
    calls,
    pushed,
    answer(next) {
      inspection = next;
    },
    refusePrepare(failure) {
      prepareFailure = failure;
    },
    async prepare({ task, branch }) {
      call('prepare', task);
      if (prepareFailure !== null) return { ok: false, failure: prepareFailure };
      return { ok: true, place: { path: folder, root: folder, branch, base: 'main', start: 'start' } };
    },
    guard: async ({ task }) => call('guard', task),
    async inspect({ task, fence }) {
      call('inspect', task);
      const work: Work = { head: `${task}-${fence}`, start: 'start', isChanged: true, claimProblem: null };
      return { work: { ...work, ...inspection.work }, violations: inspection.violations ?? [] };
    },
    async push({ task, commit }) {
      call('push', task);
      pushed.push(commit);
      return null;
    },
    async gatePlace() {
      call('gate-place', null);
      return { path: folder, release: async () => call('gate-release', null) };
    },
    cleanup: async ({ task }) => call('cleanup', task),
    tidy: async () => call('tidy', null),
  };
}
