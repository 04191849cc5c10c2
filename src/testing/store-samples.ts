import type { Effect } from '../core/effect.ts';
import type { Changes, GroupRow, InboxItem, JournalEntry, RunRow, Snapshot } from '../core/rows.ts';
import { emptyRun } from '../core/state.ts';
import type { Task } from '../core/task.ts';

/** Changes that change nothing. */
export const none: Changes = {
  run: null,
  tasks: [],
  removedTasks: [],
  groups: [],
  removedGroups: [],
  inbox: [],
  effects: [],
  endedEffects: [],
};

/** Changes that put these rows and remove none. */
export function changes(put: Partial<Changes>): Changes {
  return { ...none, ...put };
}

export function sampleEntry(seq: number, of: Partial<JournalEntry> = {}): JournalEntry {
  return { seq, at: seq * 1000, event: { at: seq * 1000, type: 'tick' }, notes: [], ...of };
}

/** A task with every field; `fact` overrides what the ledger says. */
export function sampleTask(id: string, fact: Partial<Task['fact']> = {}): Task {
  return {
    id,
    fact: {
      id,
      title: `Do ${id}`,
      dependsOn: ['x'],
      word: 'open',
      ledgerStatus: 'not-started',
      order: 0,
      priority: 0,
      group: null,
      phase: 'build',
      parent: null,
      kind: null,
      labels: ['fast'],
      repo: null,
      branch: null,
      estimate: 5000,
      fields: { notes: 'none' },
      ...fact,
    },
    status: 'waiting',
    way: 0,
    stage: 1,
    fence: 2,
    ops: 3,
    flight: null,
    cleanup: null,
    settling: null,
    queuedAt: null,
    override: null,
    isSkipped: false,
    isLast: true,
    note: null,
    mark: 'retry',
    openDeps: 1,
    heldDeps: 0,
    depth: 4,
    group: null,
    holds: ['web/main'],
    attempts: 2,
    spent: { work: 1 },
    failures: { work: { gate: 1 } },
    visits: { work: 2 },
    free: { handoff: 0, park: 1, blocker: 0, lost: 0 },
    next: { session: 'same', think: 1024, model: null, agent: null, evidence: [sampleFailure], handoff: 'go on' },
    failure: sampleFailure,
    hold: { why: 'blocker', text: 'waits', by: ['x'] },
    stopping: null,
    deadline: 1_700_000_000_000,
    agent: 'default',
    session: 's1',
    branch: `cox/${id}`,
    commit: null,
    candidate: null,
    landed: null,
    recorded: { word: 'active', at: 5, place: null },
    startedAt: 5,
    completedAt: null,
    usage: { measuredTokens: 10, claimedTokens: null, costUsd: 0.25 },
  };
}

const sampleFailure = { class: 'gate', code: 'gate-red', text: 'Tests failed.', evidence: '1 failed\n' } as const;

export function sampleRun(seq: number): RunRow {
  const halt = { code: 'push-refused', text: 'The remote refused.', item: null };
  return { ...emptyRun(), status: 'running', seq, only: ['a'], now: seq * 1000, halt, groups: ['g1', 'g2'] };
}

export function sampleGroup(name: string): GroupRow {
  const index = Number(name.slice(1));
  return {
    name,
    kind: 'group',
    index,
    status: 'open',
    members: 3,
    unsettled: 2,
    undone: 2,
    step: 0,
    effect: null,
    item: null,
  };
}

export function sampleItem(id: string): InboxItem {
  const choices = ['approve', 'reject'];
  const text = 'Look.';
  return { id, kind: 'checkpoint', task: null, of: 'g1', text, choices, openedAt: 7, closedAt: null, answer: null };
}

export function sampleEffect(key: string): Effect {
  return { key, kind: 'cleanup', task: 'a', fence: 1, keep: false, isDone: false };
}

export function sampleStep(key: string): Effect {
  return { key, kind: 'step', scope: 'afterGroup', of: 'g1', step: { name: 'collect', do: 'consolidate' } };
}

/** One state with rows of every kind. */
export const full: Snapshot = {
  run: sampleRun(1),
  tasks: [sampleTask('a'), sampleTask('b', { order: 1 }), sampleTask('c', { order: 2, priority: -1.5 })],
  groups: [sampleGroup('g1'), sampleGroup('g2')],
  inbox: [sampleItem('i1')],
  effects: [sampleStep('step/1'), sampleEffect('cleanup/a/1')],
};
