/** For tests of playbooks and adapters of your own: whole lives from one seed, and what every ledger and agent must keep to. */
export { agentConformance } from './agent-conformance.ts';
export { ledgerConformance } from './ledger-conformance.ts';
export {
  ALL_FAULTS,
  type Fault,
  NO_FAULTS,
  type SimulateOptions,
  type SimulateResult,
  simulate,
  type Violation,
} from './simulation/index.ts';
