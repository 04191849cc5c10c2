export { CORE, type Core } from './core-api.ts';
export { type Coverage, mergeCoverage } from './coverage.ts';
export { ALL_FAULTS, drawFaults, FAULTS, type Fault, type FaultSet, NO_FAULTS } from './faults.ts';
export type { Violation } from './life.ts';
export { createRandom, type Random } from './random.ts';
export { shrinkFaults } from './shrink.ts';
export { type SimulateOptions, type SimulateResult, simulate } from './simulate.ts';
