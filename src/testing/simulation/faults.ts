import type { Random } from './random.ts';

/** What can go wrong in a life. Each seed has its own selection, so that rare combinations come up. */
export const FAULTS = [
  /** Agents fail, lie, hang, block, touch what is not theirs. */
  'agents',
  /** Gates are red, merges conflict, pushes are refused. */
  'landing',
  /** The base moves on its own. */
  'base',
  /** The orchestrator dies before or after a commit, or between doing something and hearing of it. */
  'crash',
  /** Results come late and in another order. */
  'late',
  /** Results come twice, effects are performed twice. */
  'twice',
  /** The clock jumps. */
  'clock',
  /** A person edits the ledger. */
  'edits',
  /** A person gives commands at random moments. */
  'commands',
  /** Persons answer late, and not always yes. */
  'answers',
  /** Steps of barriers and the preflight fail. */
  'steps',
  /** The machine refuses: a full disk, an unreachable remote. */
  'machine',
  /** Limits on the run's time and budget. */
  'budget',
  /** Documents that cannot be completed as they are: a cycle, an unknown dependency. */
  'document',
] as const;
export type Fault = (typeof FAULTS)[number];
export type FaultSet = ReadonlySet<Fault>;

export const NO_FAULTS: FaultSet = new Set();
export const ALL_FAULTS: FaultSet = new Set(FAULTS);

/** Each fault with even chance; one life in ten has none, one in ten has all. */
export function drawFaults(random: Random): FaultSet {
  const lot = random.next();
  if (lot < 0.1) return NO_FAULTS;
  if (lot < 0.2) return ALL_FAULTS;
  return new Set(FAULTS.filter(() => random.chance(0.5)));
}
