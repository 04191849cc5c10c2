import { statSync } from 'node:fs';
import path from 'node:path';
import type { AgentSpec } from '../core/playbook.ts';
import type { Agent, AttemptSpec } from '../port/agent.ts';
import { allowedEnvironment } from '../process/environment.ts';
import { findProgram } from '../process/program.ts';
import { type Plan, startProcessAttempt } from './process-attempt.ts';

/**
 * Any program as an agent (A5). It runs in the worktree, without a shell, with the prompt on stdin and in
 * `COX_PROMPT_FILE`; its output goes to files. What it sees of our environment is an allow-list and `passEnv` (A3).
 *
 * Which program: a name is looked for on `PATH`; one with a slash is a path relative to the project (`COX_PROJECT`), where
 * the configuration that names it lies. Which script: in `[node, agent.mjs]` the first argument that is no option names a
 * file; it is the worktree's own when the worktree has it, else the project's, so that an agent which is not committed
 * works as well. No other argument is changed.
 *
 * It may print lines `{"type":"usage","tokens":1200,"cost_usd":0.01}`, each for what was used since the last one.
 *
 * @example openCommandAgent({ ...spec, kind: 'command', command: ['node', 'agent.mjs'] })
 */
export function openCommandAgent(agent: AgentSpec): Agent {
  return { start: (spec, on) => startProcessAttempt(spec, () => planCommand(agent, spec), on) };
}

function planCommand(agent: AgentSpec, spec: AttemptSpec): Plan {
  const [name, ...args] = agent.command;
  if (name === undefined) {
    return { ok: false, text: 'Cannot start the agent: its command is empty. Next step: set agents.*.command.' };
  }
  // The engine's COX_* come last: what an attempt is cannot be configured away.
  const env = { ...allowedEnvironment(agent.passEnv), ...agent.env, ...spec.env };
  const project = spec.env.COX_PROJECT ?? spec.cwd;
  const program = findProgram(name, { searchPath: env.PATH ?? '', base: project });
  if (!program.ok) {
    const text = `Cannot start ${name}: ${program.text}. Next step: correct agents.*.command, or install the program.`;
    return { ok: false, text };
  }
  return { ok: true, command: [program.file, ...withScript(args, spec.cwd, project)], env, name };
}

function withScript(args: readonly string[], cwd: string, project: string): string[] {
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  return args.map((arg, index) =>
    index === at && !isFile(path.resolve(cwd, arg)) && isFile(path.resolve(project, arg))
      ? path.resolve(project, arg)
      : arg,
  );
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
