import { playbookJsonSchema } from '../../playbook/index.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';

export function run({ terminal }: Call): number {
  terminal.json(playbookJsonSchema());
  return EXIT.ok;
}
