import path from 'node:path';
import process from 'node:process';
import { openCommandAgent } from '../agent/command.ts';
import { openScriptAgent } from '../agent/script.ts';
import type { AgentSpec, Playbook } from '../core/playbook.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import type { EngineListener } from '../engine/progress.ts';
import { openShellGates } from '../gate/shell-gates.ts';
import { openLedgerSync } from '../git/ledger-sync.ts';
import { openRepository } from '../git/repository.ts';
import { openWorkspaces } from '../git/workspaces.ts';
import type { Agent } from '../port/agent.ts';
import type { LockResult, Store } from '../port/store.ts';
import { takeRunLock } from '../store/run-lock.ts';
import type { Project } from './assemble.ts';
import { CliError } from './cli-error.ts';
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

function openAgents(playbook: Playbook): Record<string, Agent> {
  const agents: Record<string, Agent> = {};
  const used = usedAgents(playbook);
  for (const [name, spec] of Object.entries(playbook.agents)) {
    const agent = openAgent(spec);
    if (agent !== null) agents[name] = agent;
    else if (used.has(name)) throw cannotStart(name, spec);
  }
  return agents;
}

function openAgent(spec: AgentSpec): Agent | null {
  if (spec.kind === 'command') return openCommandAgent(spec);
  if (spec.kind === 'script')
    return openScriptAgent(spec, [process.execPath, path.resolve(process.argv[1] ?? ''), '__script']);
  return null;
}

/** Names that a stage or a rung of the retry ladder asks for. */
function usedAgents({ ways, retry }: Playbook): ReadonlySet<string> {
  const stages = ways.flatMap((way) => way.stages);
  const asked = stages.flatMap((stage) => (stage.do === 'agent' ? [stage.agent ?? 'default'] : []));
  const rungs = Object.values(retry.ladder).flat();
  return new Set([
    ...asked,
    ...rungs.flatMap((rung) => (rung.do === 'retry' && rung.agent !== undefined ? [rung.agent] : [])),
  ]);
}

function cannotStart(name: string, { kind }: AgentSpec): CliError {
  const reason = `the agent "${name}" is of the kind "${kind}", which this version cannot start`;
  return new CliError(
    'run',
    reason,
    `set agents.${name} in coxswain.yaml to { kind: command, command: [program, argument, ...] }`,
  );
}
