import type { Path } from './place.ts';
import { SHORT_FILES } from './schema-ledger.ts';

/** A short key and the part of the full form that it stands for. */
export interface Alias {
  readonly short: Path;
  readonly full: Path;
}

/** Longer short keys first, so that the most exact one names a place. */
export const ALIASES: readonly Alias[] = [
  ...SHORT_FILES.map((file) => ({ short: ['ledger', file], full: ['ledger', 'files', file] })),
  { short: ['ledger', 'status'], full: ['ledger', 'words'] },
  { short: ['merge', 'target'], full: ['git', 'base'] },
  { short: ['merge', 'push'], full: ['git', 'push'] },
  { short: ['limit'], full: ['admission', 'limit'] },
  { short: ['deps'], full: ['workspace', 'deps'] },
  { short: ['preflight'], full: ['steps', 'preflight'] },
  { short: ['phase'], full: ['admission', 'phases', 'active'] },
  { short: ['owned'], full: ['own', 'orchestrator'] },
];
