import type { FaultSet } from './faults.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

/** Leaves out one fault after the other, as long as a promise is still broken: what remains is what it takes. */
export function shrinkFaults(options: SimulateOptions, faults: FaultSet): FaultSet {
  let needed = faults;
  for (const fault of faults) {
    const fewer = new Set([...needed].filter((other) => other !== fault));
    if (simulate({ ...options, faults: fewer }).violations.length > 0) needed = fewer;
  }
  return needed;
}
