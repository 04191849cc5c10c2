import type { AgentSpec } from '../core/playbook.ts';
import type { Agent } from '../port/agent.ts';
import { allowedEnvironment } from '../process/environment.ts';
import { type Plan, startProcessAttempt } from './process-attempt.ts';
import { parseScenario } from './scenario.ts';

/**
 * The built-in agent for demos and tests (A1): deterministic, and a real program all the same, which edits files, commits
 * and reports, or misbehaves as its scenario says. `entry` starts {@link runScript} in a process of its own: an absolute
 * program and its first arguments; the scenario's lines are added.
 *
 * @example openScriptAgent({ ...spec, kind: 'script', command: ['T2#1: red'] }, [process.execPath, main, '__script'])
 */
export function openScriptAgent(agent: AgentSpec, entry: readonly [string, ...string[]]): Agent {
  const scenario = parseScenario(agent.command);
  const plan = (env: Readonly<Record<string, string>>): Plan =>
    scenario.ok
      ? {
          ok: true,
          command: [...entry, ...agent.command],
          env: { ...allowedEnvironment(agent.passEnv), ...agent.env, ...env },
          name: 'the script agent',
        }
      : { ok: false, text: `Cannot start the script agent: ${scenario.text}.` };
  return { start: (spec, on) => startProcessAttempt(spec, () => plan(spec.env), on) };
}
