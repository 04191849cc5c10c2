import type { Playbook } from '../../core/playbook.ts';
import type { FaultSet } from './faults.ts';
import type { Random } from './random.ts';

/** What a user's configuration would change: limits, gates, budgets, bounds. The playbook's own rules stay. */
export function twist(playbook: Playbook, random: Random, faults: FaultSet): Playbook {
  const hasGates = random.chance(0.6);
  const isTight = random.chance(0.3);
  const { admission, retry, limits } = playbook;
  const budget = faults.has('budget');
  return {
    ...playbook,
    admission: { ...admission, limit: random.chance(0.5) ? admission.limit : random.between(1, 4) },
    gates: hasGates ? [{ name: 'tests', run: 'npm test', timeoutMs: 60_000, cwd: null }] : [],
    ways: playbook.ways.map((way) => ({
      ...way,
      stages: way.stages.map((stage) =>
        stage.do === 'land' && stage.how === 'merge' && hasGates ? { ...stage, gates: ['tests'] } : stage,
      ),
    })),
    retry: isTight ? { ...retry, bounds: { handoff: 1, park: 1, blocker: 1, lost: 1 } } : retry,
    limits: {
      ...limits,
      fences: isTight ? 6 : limits.fences,
      runMs: budget && random.chance(0.5) ? 3_600_000 : limits.runMs,
      budgetTokens: budget && random.chance(0.5) ? 20_000 : limits.budgetTokens,
    },
  };
}
