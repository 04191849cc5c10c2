import { type LedgerRow, type LedgerWorld, rowOf } from './ledger.ts';
import type { World } from './world.ts';

/** Takes out what can never come true: tasks that do not exist, circles, and what comes later in the document's order. */
export function mendDependencies({ ledger }: World): void {
  const number = (id: string): number => Number(id.slice(1));
  const reaches = (row: LedgerRow, id: string): boolean => {
    const other = rowOf(ledger, id);
    if (other === undefined || number(id) >= number(row.id) || isAncestor(ledger, other, row)) return false;
    const isInOrder =
      isBefore(ledger.phases, other.phase, row.phase) && isBefore(ledger.groups, other.group, row.group);
    return isInOrder && (ledger.activePhase === null || other.phase === row.phase);
  };
  for (const row of ledger.rows) {
    alignPhase(ledger, row);
  }
  for (const row of ledger.rows) {
    const kept = row.dependsOn.filter((id) => reaches(row, id));
    if (kept.length === row.dependsOn.length) continue;
    row.dependsOn = kept;
    ledger.version += 1;
  }
}

function isBefore(order: readonly string[], one: string | null, other: string | null): boolean {
  return one === null || other === null || order.indexOf(one) <= order.indexOf(other);
}

/** A group stands in one phase: otherwise each may wait for the other. */
function alignPhase(ledger: LedgerWorld, row: LedgerRow): void {
  if (row.group === null || ledger.phases.length === 0) return;
  const place = ledger.groups.indexOf(row.group) / ledger.groups.length;
  const phase = ledger.phases[Math.floor(Math.max(0, place) * ledger.phases.length)] ?? null;
  if (phase === row.phase) return;
  row.phase = phase;
  ledger.version += 1;
}

function isAncestor(ledger: LedgerWorld, other: LedgerRow, row: LedgerRow): boolean {
  const parent = row.parent === null ? undefined : rowOf(ledger, row.parent);
  return parent !== undefined && (parent === other || isAncestor(ledger, other, parent));
}
