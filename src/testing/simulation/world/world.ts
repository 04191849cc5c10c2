import type { AttemptEnd } from '../../../core/event.ts';
import type { Playbook } from '../../../core/playbook.ts';
import type { Fault, FaultSet } from '../faults.ts';
import type { Random } from '../random.ts';
import { createSchedule, type Schedule } from '../schedule.ts';
import { createGit, type GitWorld } from './git.ts';
import { createLedger, type LedgerWorld } from './ledger.ts';

/** Everything outside the core, and what chance decides about it. It outlives the orchestrator's crashes. */
export interface World {
  readonly playbook: Playbook;
  readonly schedule: Schedule;
  readonly ledger: LedgerWorld;
  readonly git: GitWorld;
  readonly attempts: Map<string, AttemptWorld>;
  /** Keys of steps that were done -> barrier they belong to. */
  readonly steps: Map<string, { readonly of: string; readonly step: string }>;
  readonly chance: Chance;
  readonly faults: FaultSet;
  /** Nothing goes wrong any more: what follows must come to an end. */
  isCalm: boolean;
  /** The preflight does not pass until calm comes. */
  readonly isUnfit: boolean;
  /** Difference between the orchestrator's clock and the world's. */
  skewMs: number;
  /** Names made so far for new rows. */
  names: number;
}

/** Streams of chance, one a concern, so that leaving out a fault does not change everything else. */
export interface Chance {
  readonly project: Random;
  readonly agents: Random;
  readonly landing: Random;
  readonly timing: Random;
  readonly crash: Random;
  readonly person: Random;
  readonly machine: Random;
}

/** An agent's process: it goes on while the orchestrator is down. */
export interface AttemptWorld {
  readonly task: string;
  readonly fence: number;
  readonly key: string;
  readonly stage: string;
  readonly plan: Plan;
  /** Branch tip before it started. */
  readonly start: string | null;
  /** When it ends by itself; null: never. */
  readonly endsAt: number | null;
  hasWorked: boolean;
  /** Facts of its end, gathered once (`inspect`). */
  end: AttemptEnd | null;
}

export const BEHAVIOURS = [
  'honest',
  'bad-work',
  'fails',
  'says-failed',
  'says-blocked',
  'says-blocked-by',
  'false-commit',
  'no-commit',
  'no-report',
  'wrong-task',
  'leaks',
  'hangs',
  'limit',
  'limit-open',
  'context',
  'refused',
  'signalled',
  'flag',
  'not-accepted',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

export interface Plan {
  readonly behaviour: Behaviour;
  readonly durationMs: number;
  /** For `says-blocked-by`. */
  readonly blockedBy: readonly string[];
  /** For `flag`: the report field that is true. */
  readonly flag: string | null;
  readonly tokens: number;
}

export function createWorld(playbook: Playbook, faults: FaultSet, random: Random): World {
  const fork = (name: string): Random => random.fork(name);
  return {
    playbook,
    schedule: createSchedule(1_800_000_000_000),
    ledger: createLedger(),
    git: createGit(),
    attempts: new Map(),
    steps: new Map(),
    chance: {
      project: fork('project'),
      agents: fork('agents'),
      landing: fork('landing'),
      timing: fork('timing'),
      crash: fork('crash'),
      person: fork('person'),
      machine: fork('machine'),
    },
    faults,
    isCalm: false,
    isUnfit: random.fork('unfit').chance(0.08),
    skewMs: 0,
    names: 0,
  };
}

export function suffers(world: World, fault: Fault): boolean {
  return !world.isCalm && world.faults.has(fault);
}
