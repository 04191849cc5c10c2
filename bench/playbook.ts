import type { Playbook } from '../src/core/playbook.ts';
import { loadPlaybook } from '../src/playbook/index.ts';

export async function builtinPlaybook(name: string): Promise<Playbook> {
  const loaded = await loadPlaybook(name);
  if (!loaded.ok) throw new Error(`the built-in playbook ${name} does not load`);
  return loaded.playbook;
}
