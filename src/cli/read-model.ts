import type { LedgerDelta } from '../core/fact.ts';
import { createState } from '../core/load.ts';
import type { OrderKey } from '../core/playbook.ts';
import type { State } from '../core/state.ts';
import { step } from '../core/step.ts';
import { deltaOf } from '../ledger/delta.ts';
import type { LedgerReading } from '../port/ledger.ts';
import type { Problem } from '../port/problem.ts';
import type { LockHolder, Store } from '../port/store.ts';
import { isPeekOrder } from '../store/peek.ts';
import type { Project } from './assemble.ts';
import { isSeen, SEEN, type Seen, stampOf } from './freshness.ts';

/** What every view is made from: the state as a run left it, brought up to date with the documents. */
export interface Look {
  readonly project: Project;
  readonly store: Store;
  readonly state: State;
  /** Who runs the project now; null: nobody. */
  readonly holder: LockHolder | null;
  readonly hasDied: boolean;
  /** Mistakes for which the documents could not be read; the state is then what they last said. */
  readonly problems: readonly Problem[];
}

/**
 * Looks at the project. While a run is on, its state is the truth and the run reads the documents itself. Else they are
 * compared with the state here, and what changed is committed, so that the next look is warm; unless a run died: what it
 * left is for the next run to sort out, and we only look.
 */
export async function look(project: Project, store: Store): Promise<Look> {
  const lock = project.takeLock();
  if (!lock.ok) {
    const state = createState(project.playbook, await store.load());
    return { project, store, state, holder: lock.holder ?? { pid: 0, since: 0 }, problems: [], hasDied: false };
  }
  try {
    return { project, store, holder: null, ...(await observe(project, store)) };
  } finally {
    lock.lock.release();
  }
}

export interface Observed {
  readonly state: State;
  readonly problems: readonly Problem[];
  /** The last run was killed: what it left outstanding is the next run's, and nothing was committed here. */
  readonly hasDied: boolean;
}

/** Brings the state up to date with the documents. The caller holds the run lock. */
export async function observe(
  project: Project,
  store: Pick<Store, 'load' | 'getMeta' | 'setMeta' | 'commit'>,
): Promise<Observed> {
  const snapshot = await store.load();
  const hasDied = snapshot.run !== null && snapshot.run.status !== 'idle' && snapshot.run.status !== 'ended';
  const state = createState(
    project.playbook,
    hasDied ? { ...snapshot, run: { ...snapshot.run, status: 'idle' } } : snapshot,
  );
  if (isSeen(project.root, await store.getMeta(SEEN)) !== null) return { state, problems: [], hasDied };
  const stamp = stampOf(project.root, project.files);
  const reading = await project.ledger.read();
  if (!reading.ok) return { state, problems: reading.problems, hasDied };
  const delta = deltaOf(
    [...state.tasks.values()].map(({ fact }) => fact),
    reading,
  );
  if (isNews(delta, state, reading)) {
    const { changes, entry } = step(state, { type: 'ledger-observed', at: Date.now(), delta });
    if (!hasDied && changes && entry) await store.commit(changes, entry);
  }
  if (!hasDied) await store.setMeta(SEEN, JSON.stringify(seenNow(project, state, stamp)));
  return { state, problems: [], hasDied };
}

function isNews(delta: LedgerDelta, { run }: State, reading: LedgerReading & { ok: true }): boolean {
  if (delta.put.length > 0 || delta.gone.length > 0 || run.brokenLedger !== null) return true;
  const names = (groups: readonly string[], phases: readonly string[], active: string | null): string =>
    JSON.stringify([groups, phases, active]);
  return names(reading.groups, reading.phases, reading.activePhase) !== names(run.groups, run.phases, run.activePhase);
}

function seenNow({ playbook, files }: Project, state: State, stamp: string): Seen {
  const order: readonly OrderKey[] = playbook.admission.order;
  // What was begun, or put last by a person, stands outside the playbook's order.
  const ready = [...state.tasks.values()].filter((task) => task.status === 'ready');
  const isPlain = order.every(isPeekOrder) && ready.every((task) => task.fence === 0 && !task.isLast);
  return { files, stamp, order: isPlain ? order : null };
}
