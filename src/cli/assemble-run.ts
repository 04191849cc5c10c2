import path from 'node:path';
import { type Engine, openEngine } from '../engine/engine.ts';
import type { EngineListener } from '../engine/progress.ts';
import { openShellGates } from '../gate/shell-gates.ts';
import { openLedgerSync } from '../git/ledger-sync.ts';
import { openRepository } from '../git/repository.ts';
import { openWorkspaces } from '../git/workspaces.ts';
import type { LockResult, Store } from '../port/store.ts';
import { takeRunLock } from '../store/run-lock.ts';
import { openAgents } from './agents.ts';
import type { Project } from './assemble.ts';
import { systemClock } from './system-clock.ts';

/** The engine of a run over the real world. With `assemble.ts` the only place that puts adapters together. */
export async function assembleRun(project: Project, store: Store, listen: EngineListener): Promise<Engine> {
  const { root, playbook, ledger } = project;
  const { git, repos, workspace, own } = playbook;
  return openEngine({
    root,
    playbook,
    store,
    ledger,
    sync: openLedgerSync({ projectRoot: root, git, ledgerFiles: ledger.files }),
    workspaces: openWorkspaces({ projectRoot: root, git, repos, workspace, own, ledgerFiles: ledger.files }),
    agents: openAgents(playbook),
    gates: openShellGates({ clock: systemClock }),
    clock: systemClock,
    locks: [() => project.takeLock(), ...(await repositoryLocks(project))],
    listen,
  });
}

/** DESIGN trap 12: two projects in one repository, or over one, must not run at the same time. */
async function repositoryLocks({ root, playbook }: Project): Promise<(() => LockResult)[]> {
  const folders = [root, ...Object.values(playbook.repos).map((repo) => path.resolve(root, repo.path))];
  // A folder that is no repository is the engine's to report, with what to do about it.
  const found = await Promise.all(folders.map((folder) => openRepository(folder).catch(() => null)));
  const commons = new Set(found.flatMap((repository) => repository?.common ?? []));
  return [...commons].sort().map((common) => () => takeRunLock(path.join(common, 'coxswain.lock'), Date.now()));
}
