import path from 'node:path';
import process from 'node:process';
import { openCommandAgent } from '../agent/command.ts';
import { openScriptAgent } from '../agent/script.ts';
import type { AgentSpec, Playbook } from '../core/playbook.ts';
import type { Agent } from '../port/agent.ts';
import { CliError } from './cli-error.ts';

/** A configured agent that a run would ask for, and that this version cannot start. */
export interface Refused {
  readonly name: string;
  readonly reason: string;
  readonly next: string;
}

export function openAgents(playbook: Playbook): Record<string, Agent> {
  refuseAgents(playbook);
  const agents: Record<string, Agent> = {};
  for (const [name, spec] of Object.entries(playbook.agents)) {
    const agent = openAgent(spec);
    if (agent !== null) agents[name] = agent;
  }
  return agents;
}

/** @throws {CliError} for the first agent that could not be started. */
export function refuseAgents(playbook: Playbook): void {
  const [first] = refusedAgents(playbook);
  if (first !== undefined) throw new CliError('run', first.reason, first.next);
}

export function refusedAgents(playbook: Playbook): readonly Refused[] {
  const used = usedAgents(playbook);
  return Object.entries(playbook.agents)
    .filter(([name, { kind }]) => used.has(name) && kind !== 'command' && kind !== 'script')
    .map(([name, { kind }]) => ({
      name,
      reason: `the agent "${name}" is of the kind "${kind}", which this version cannot start`,
      next: `set agents.${name} in coxswain.yaml to { kind: command, command: [program, argument, ...] }`,
    }));
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
