import path from 'node:path';
import type { TaskId } from '../core/fact.ts';

/** Where things are in a project (ARCHITECTURE.md, "Files of a project"). Ids are checked before they get here (S1). */
export function stateFolder(root: string): string {
  return path.join(root, '.coxswain');
}

export function attemptFolder(root: string, task: TaskId, fence: number): string {
  return path.join(stateFolder(root), 'attempts', task, String(fence));
}

export function gateLog(root: string, task: TaskId, fence: number, gate: string): string {
  return path.join(stateFolder(root), 'gates', task, String(fence), `${gate}.log`);
}
