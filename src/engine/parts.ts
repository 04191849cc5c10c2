import type { TaskId } from '../core/fact.ts';
import type { Playbook } from '../core/playbook.ts';
import type { Agent } from '../port/agent.ts';
import type { Clock } from '../port/clock.ts';
import type { Gates } from '../port/gate.ts';
import type { Ledger } from '../port/ledger.ts';
import type { LedgerSync } from '../port/ledger-sync.ts';
import type { LockResult, Store } from '../port/store.ts';
import type { Workspaces } from '../port/workspace.ts';
import type { EngineListener } from './progress.ts';

/** What an engine is assembled from. Only `cli` and tests assemble; the engine knows the ports and nothing behind them. */
export interface EngineParts {
  /** Absolute folder of the project. */
  readonly root: string;
  readonly playbook: Playbook;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly sync: LedgerSync;
  readonly workspaces: Workspaces;
  /** By the names of `playbook.agents`. */
  readonly agents: Readonly<Record<string, Agent>>;
  readonly gates: Gates;
  readonly clock: Clock;
  /** Taken in order before anything is read: the project's, then its repositories' (DESIGN trap 12). */
  readonly locks: readonly (() => LockResult)[];
  readonly listen: EngineListener;
}

/** What a person asks of this run only. */
export interface RunOptions {
  /** `--task`: only these; null: all. */
  readonly only: readonly TaskId[] | null;
  /** `--limit`; null: the playbook's. */
  readonly limit: number | null;
}
