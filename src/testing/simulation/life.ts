import type { Effect } from '../../core/effect.ts';
import type { Event } from '../../core/event.ts';
import type { JournalEntry } from '../../core/rows.ts';
import type { State } from '../../core/state.ts';
import type { StopReason } from '../../core/task.ts';
import type { Core } from './core-api.ts';
import type { Coverage } from './coverage.ts';
import type { Mirror } from './mirror.ts';
import type { World } from './world/world.ts';

/** A project's whole life in simulation: one world, one store, and one orchestrator after the other. */
export interface Life {
  readonly core: Core;
  readonly world: World;
  readonly mirror: Mirror;
  readonly journal: JournalEntry[];
  readonly coverage: Coverage;
  readonly violations: Violation[];
  /** One line an event, when asked for. */
  readonly trace: string[] | null;
  state: State;
  /** Rises with every crash and every run: what an older orchestrator had planned does not happen. */
  epoch: number;
  /** Whether an orchestrator is there. */
  isAlive: boolean;
  /** Effects that are being performed, and why they were told to end. */
  readonly flights: Map<string, { aborted: StopReason | null }>;
  /** Version of the ledger that was observed last. */
  seen: number;
  tickedAt: number;
  idleTicks: number;
  events: number;
  crashes: number;
  runs: number;
  /** For the checkers: what only they remember. */
  readonly memory: Memory;
  /** What acts on the world; `shell.ts`. */
  readonly hands: Hands;
}

export interface Hands {
  start(effect: Effect): void;
  stop(key: string): void;
}

export interface Memory {
  /** Every effect key there ever was. */
  readonly keys: Set<string>;
  /** Highest fence of each task there ever was. */
  readonly fences: Map<string, number>;
  /** Barrier -> names of the steps that were done since it began to close. */
  readonly steps: Map<string, Set<string>>;
}

/** A broken promise, under the id of the requirement. */
export interface Violation {
  readonly id: string;
  readonly text: string;
}

/** An event before it is stamped with the time. */
export type Report = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

export function violate(life: Life, id: string, text: string): void {
  // The first one tells; what follows from it does not.
  if (life.violations.length === 0) life.violations.push({ id, text });
}

export function require(life: Life, holds: boolean, id: string, text: () => string): void {
  if (!holds) violate(life, id, text());
}
