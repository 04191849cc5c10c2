import type { Failure } from '../core/failure.ts';
import type { LedgerSync } from '../port/ledger-sync.ts';

/** Ledger commits that go nowhere. `refuse` says what pushes answer. */
export interface MemorySync extends LedgerSync {
  readonly messages: readonly string[];
  refuse(failure: Failure | null): void;
  /** As `refuse`, for pulls. */
  refusePull(failure: Failure | null): void;
}

export function openMemorySync(): MemorySync {
  const messages: string[] = [];
  let failure: Failure | null = null;
  let pullFailure: Failure | null = null;
  return {
    messages,
    refuse(next) {
      failure = next;
    },
    refusePull(next) {
      pullFailure = next;
    },
    check: async () => null,
    pull: async () => pullFailure,
    async commit(_files, message) {
      messages.push(message);
      return null;
    },
    push: async () => failure,
  };
}
