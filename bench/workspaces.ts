import { openWorkspaces } from '../src/git/workspaces.ts';
import type { Workspaces } from '../src/port/workspace.ts';
import { builtinPlaybook } from './playbook.ts';

/** The workspaces of a bench project, as `cox run` would open them. */
export async function openBenchWorkspaces(root: string): Promise<Workspaces> {
  const { git, repos, workspace, own } = await builtinPlaybook('task-table');
  return openWorkspaces({ projectRoot: root, git, repos, workspace, own, ledgerFiles: ['docs/tasks.md'] });
}
