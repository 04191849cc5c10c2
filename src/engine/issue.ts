import { execa } from 'execa';
import type { EngineParts } from './parts.ts';

const TIMEOUT_MS = 30_000;

/**
 * The text of a row's issue, by the configured command (T12): `#12` is given as `12` in place of `{issue}`, as an argument
 * and never through a shell (S1). An issue that cannot be read does not hold the task up; the prompt says so.
 */
export async function issueBody({ playbook, root, listen }: EngineParts, issue: string): Promise<string> {
  const id = issue.trim().replace(/^#/, '');
  if (playbook.issue === null || id === '') return '';
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(id))
    return `(The issue ${JSON.stringify(issue)} is no id and was not read.)`;
  const [program, ...args] = playbook.issue.run.map((part) => part.replaceAll('{issue}', id));
  if (program === undefined) return '';
  const { failed, stdout, shortMessage } = await execa(program, args, {
    cwd: root,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    maxBuffer: playbook.limits.promptBytes,
    reject: false,
  });
  if (!failed) return stdout;
  listen({ type: 'problem', text: `The issue ${issue} could not be read: ${shortMessage}` });
  return `(The issue ${issue} could not be read.)`;
}
