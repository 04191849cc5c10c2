import { execa } from 'execa';
import type { PushEffect } from '../core/effect.ts';
import type { TaskFact } from '../core/fact.ts';
import { fillTemplate } from '../playbook/template.ts';
import type { EngineParts } from './parts.ts';

const TIMEOUT_MS = 60_000;

/**
 * Runs the project's `pr` command after the push of a branch (T6). The branch is there whatever comes of it: a pull
 * request that could not be opened (or was, before a restart) is told and holds nothing up.
 */
export async function openPullRequest(
  parts: EngineParts,
  fact: TaskFact,
  { branch, commit }: PushEffect,
): Promise<void> {
  const { playbook, root, listen } = parts;
  if (playbook.pr === null) return;
  const values = { id: fact.id, task: fact.id, title: fact.title, branch, commit, base: playbook.git.base };
  const [program, ...args] = playbook.pr.run.map((part) => fillTemplate(part, values));
  if (program === undefined) return;
  const { failed, shortMessage } = await execa(program, args, {
    cwd: root,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    reject: false,
  });
  if (failed) listen({ type: 'problem', text: `No pull request was opened for ${branch}: ${shortMessage}` });
}
