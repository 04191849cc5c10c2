import { BUILTIN_PLAYBOOKS } from '../../playbook/index.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';

export function run({ terminal, options }: Call): number {
  if (options.json) terminal.json({ version: 1, playbooks: BUILTIN_PLAYBOOKS });
  else terminal.lines(BUILTIN_PLAYBOOKS);
  return EXIT.ok;
}
