import { isDeepStrictEqual } from 'node:util';
import type { LedgerDelta, TaskFact, TaskId } from '../core/fact.ts';
import type { LedgerReading } from '../port/ledger.ts';

export type GoodReading = Extract<LedgerReading, { ok: true }>;

/**
 * What changed since the facts of an earlier reading; null: there was none. Facts that are the same object cost nothing, and an
 * adapter that patches its last reading hands out the same ones.
 */
export function deltaOf(previous: readonly TaskFact[] | null, reading: GoodReading): LedgerDelta {
  const before = new Map(previous?.map((fact) => [fact.id, fact]));
  const put: TaskFact[] = [];
  const seen = new Set<TaskId>();
  for (const fact of reading.facts) {
    const old = before.get(fact.id);
    if (old !== fact && !isDeepStrictEqual(old, fact)) put.push(fact);
    seen.add(fact.id);
  }
  const gone = [...before.keys()].filter((id) => !seen.has(id));
  return { put, gone, groups: reading.groups, phases: reading.phases, activePhase: reading.activePhase };
}
