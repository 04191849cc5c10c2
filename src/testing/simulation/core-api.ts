import { deadlockCause } from '../../core/deadlock.ts';
import { nextDeadline } from '../../core/expire.ts';
import { explain } from '../../core/explain.ts';
import { createState, EMPTY_SNAPSHOT } from '../../core/load.ts';
import { refusal } from '../../core/operator.ts';
import { outstanding, snapshotOf } from '../../core/state.ts';
import { step } from '../../core/step.ts';
import { summary } from '../../core/summary.ts';

/** What a life needs of a core. Handed in, so that a core with a fault planted in it can take the real one's place. */
export interface Core {
  readonly createState: typeof createState;
  readonly step: typeof step;
  readonly snapshotOf: typeof snapshotOf;
  readonly outstanding: typeof outstanding;
  readonly explain: typeof explain;
  readonly refusal: typeof refusal;
  readonly deadlockCause: typeof deadlockCause;
  readonly nextDeadline: typeof nextDeadline;
  readonly summary: typeof summary;
}

export const CORE: Core = {
  createState,
  step,
  snapshotOf,
  outstanding,
  explain,
  refusal,
  deadlockCause,
  nextDeadline,
  summary,
};

export { EMPTY_SNAPSHOT };
