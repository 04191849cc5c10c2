import type { LedgerChange } from '../../../core/effect.ts';
import type { TaskFact, TaskId } from '../../../core/fact.ts';
import { LEDGER_WORDS, type LedgerWord, type Playbook } from '../../../core/playbook.ts';

/** One entry of the document, as it is written there. */
export interface LedgerRow {
  readonly id: TaskId;
  title: string;
  dependsOn: TaskId[];
  /** In the document's own spelling. */
  status: string;
  place: string | null;
  mark: string | null;
  group: string | null;
  phase: string | null;
  parent: TaskId | null;
  kind: string | null;
  labels: string[];
  repo: string | null;
  branch: string | null;
  priority: number;
  estimate: number | null;
  /** A person wrote the status last, and the orchestrator has not written since. */
  isPersons: boolean;
}

/** The documents of a project, in memory: what is written is what is read back, whoever wrote it. */
export interface LedgerWorld {
  readonly rows: LedgerRow[];
  groups: string[];
  phases: string[];
  activePhase: string | null;
  isBroken: boolean;
  /** Rises with every change. */
  version: number;
  /** What the orchestrator read or wrote last: a status that differs is a person's (section 4). */
  readonly base: Map<TaskId, string>;
  /** Tasks whose row a person has ever changed or taken away. */
  readonly touched: Set<TaskId>;
  /** What was recorded last for a task; for the checkers. */
  readonly records: Map<TaskId, LedgerChange>;
}

export function createLedger(): LedgerWorld {
  return {
    rows: [],
    groups: [],
    phases: [],
    activePhase: null,
    isBroken: false,
    version: 1,
    base: new Map(),
    touched: new Set(),
    records: new Map(),
  };
}

export function newRow(id: TaskId, status: string, rest: Partial<Omit<LedgerRow, 'id' | 'status'>> = {}): LedgerRow {
  return {
    id,
    status,
    title: `Do ${id}`,
    dependsOn: [],
    place: null,
    mark: null,
    group: null,
    phase: null,
    parent: null,
    kind: null,
    labels: [],
    repo: null,
    branch: null,
    priority: 0,
    estimate: null,
    isPersons: true,
    ...rest,
  };
}

export function rowOf(ledger: LedgerWorld, id: TaskId): LedgerRow | undefined {
  return ledger.rows.find((row) => row.id === id);
}

/** The document's word in ours; a spelling that stands for several is the first of them, as a reader would take it. */
function wordOf(playbook: Playbook, status: string): LedgerWord {
  const { words } = playbook.ledger;
  return LEDGER_WORDS.find((word) => words[word] === status) ?? 'open';
}

export function readFacts(playbook: Playbook, ledger: LedgerWorld): readonly TaskFact[] {
  return ledger.rows.map((row, order) => ({
    id: row.id,
    title: row.title,
    dependsOn: row.dependsOn,
    word: wordOf(playbook, row.status),
    ledgerStatus: row.status,
    order,
    priority: row.priority,
    group: row.group,
    phase: row.phase,
    parent: row.parent,
    kind: row.kind,
    labels: row.labels,
    repo: row.repo,
    branch: row.branch,
    estimate: row.estimate,
    fields: { output: `outputs/${row.id}.md` },
  }));
}

/**
 * Writes a change, three-way: where a person changed the status since it was last read, theirs stays. Doing it twice
 * changes nothing.
 */
export function writeRecord(
  playbook: Playbook,
  ledger: LedgerWorld,
  task: TaskId,
  change: LedgerChange,
): readonly string[] {
  const row = rowOf(ledger, task);
  const place = change.place ?? (change.word === 'active' ? (ledger.records.get(task)?.place ?? null) : null);
  ledger.records.set(task, { ...change, place });
  if (row === undefined) return ['row'];
  const wanted = playbook.ledger.words[change.word];
  row.mark = change.mark;
  row.place = place;
  ledger.version += 1;
  const seen = change.seen ?? [ledger.base.get(task) ?? row.status];
  if (!seen.includes(row.status) && row.status !== wanted) return ['status'];
  row.status = wanted;
  row.isPersons = false;
  ledger.base.set(task, wanted);
  return [];
}
