import { statSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../port/problem.ts';
import { refusedAgents } from './agents.ts';
import type { Project } from './assemble.ts';

/** What is well said in the configuration, and would stop a run on this machine all the same. */
export function checkConfig({ root, playbook, warn }: Project): readonly Problem[] {
  const agents = refusedAgents(playbook).map(({ name, reason, next }) =>
    warn(['agents', name], 'agent-kind', `${reason}; ${next}`),
  );
  const missing = Object.entries(playbook.repos).filter(([, repo]) => !isFolder(path.resolve(root, repo.path)));
  const repos = missing.map(([name, repo]) =>
    warn(
      ['repos', name, 'path'],
      'no-repo-folder',
      `the folder ${repo.path} of the repo "${name}" is not there; a folder of this repository, or a clone of another one, was expected`,
    ),
  );
  return [...agents, ...repos];
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
