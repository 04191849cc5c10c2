export type { Core } from './core-api.ts';
export { type Coverage, mergeCoverage } from './coverage.ts';
export { ALL_FAULTS, FAULTS, type Fault, NO_FAULTS } from './faults.ts';
export type { Violation } from './life.ts';
export { shrinkFaults } from './shrink.ts';
export { type SimulateOptions, type SimulateResult, simulate } from './simulate.ts';
