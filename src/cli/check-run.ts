import { openLedgerSync } from '../git/ledger-sync.ts';
import { refuseAgents } from './agents.ts';
import type { Project } from './assemble.ts';
import { CliError } from './cli-error.ts';

/**
 * What refuses a run before anything of it exists: an agent that cannot be started, a checkout that cannot be worked in.
 * The engine asks the same once it has the lock; this is for those who must leave nothing behind.
 */
export async function checkRun({ root, playbook, ledger }: Project): Promise<void> {
  refuseAgents(playbook);
  const sync = openLedgerSync({ projectRoot: root, git: playbook.git, ledgerFiles: ledger.files });
  const refused = await sync.check();
  if (refused !== null) throw new CliError('run', refused.text, null);
}
