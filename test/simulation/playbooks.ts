import type { Playbook } from '../../src/core/playbook.ts';
import { BUILTIN_PLAYBOOKS, loadPlaybook } from '../../src/playbook/index.ts';

/** The five built-in playbooks, and a sixth in YAML alone that mixes the stages of a pipeline with waves. */
export const PLAYBOOKS: readonly string[] = [...BUILTIN_PLAYBOOKS, 'mixed'];

export async function playbookNamed(name: string): Promise<Playbook> {
  const path = name === 'mixed' ? 'fixtures/mixed.yaml' : name;
  const loaded = await loadPlaybook(path, { projectRoot: import.meta.dirname });
  if (!loaded.ok) throw new Error(`${name} does not load: ${loaded.problems.map(({ text }) => text).join('; ')}`);
  return loaded.playbook;
}
