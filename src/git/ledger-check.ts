import { fail } from './failure.ts';
import { type Repository, resolveCommit } from './repository.ts';
import { operationUnderWay } from './tree.ts';
import { treeHead } from './tree-head.ts';

export interface LedgerPlace {
  readonly repository: Repository;
  /** Absolute folder of the project: the repository's root, or a folder in it. */
  readonly root: string;
  readonly base: string;
  readonly remote: string | null;
  readonly isPushed: boolean;
  readonly ledgerFiles: readonly string[];
}

/**
 * Refuses a checkout that ledger commits cannot be made in (T3, DESIGN trap 2). Cheap enough to be asked before every
 * operation: it reads git's own notes, and asks git only where those do not say.
 *
 * @throws GitError `bare`, `detached`, `other-branch`, `operation-under-way`
 */
export async function checkCheckout({ repository, root, base }: LedgerPlace): Promise<void> {
  if (repository.isBare) {
    throw fail('config', 'bare', `${root} is a bare repository: there are no files to work on. Run in a clone of it.`);
  }
  refuseOperation(root, repository.admin);
  const branch = await checkedOutBranch(repository);
  if (branch === null) {
    const text = `${root} is on no branch (detached HEAD), but the ledger is kept on ${base}. Run \`git switch ${base}\`, then run again.`;
    throw fail('config', 'detached', text);
  }
  if (branch === base) return;
  const text = `${root} is on branch ${branch}, but the ledger is kept on ${base}. Run \`git switch ${base}\`, or set git.base to ${branch} in coxswain.yaml.`;
  throw fail('config', 'other-branch', text);
}

async function checkedOutBranch(repository: Repository): Promise<string | null> {
  const tree = { repository, root: repository.root, admin: repository.admin };
  return (await treeHead(tree, {})).branch?.replace(/^refs\/heads\//, '') ?? null;
}

/** @throws GitError `no-commits` */
export async function checkCommits({ root, base }: LedgerPlace): Promise<void> {
  if ((await resolveCommit(root, 'HEAD')) !== null) return;
  throw fail(
    'config',
    'no-commits',
    `${root} has no commit yet, so no branch can start from ${base}. Commit your files, then run again.`,
  );
}

function refuseOperation(root: string, admin: string): void {
  const operation = operationUnderWay(admin);
  if (operation === null) return;
  const text = `A ${operation.name} is under way in ${root}. Finish it, or call it off (\`git ${operation.name} ${operation.name === 'bisect' ? 'reset' : '--abort'}\`), then run again.`;
  throw fail('config', 'operation-under-way', text);
}
