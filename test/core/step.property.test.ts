import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { explain } from '../../src/core/explain.ts';
import { createState, EMPTY_SNAPSHOT } from '../../src/core/load.ts';
import { type State, snapshotOf } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import {
  isHeld,
  isSettled,
  membersOf,
  naiveDependencies,
  naiveWaits,
} from '../../src/testing/simulation/check/naive.ts';
import { copyOf } from './build.ts';
import { eventOf, type Move, moves, newOutside, type Outside, playbookOf, playbooks } from './random-life.ts';

const text = (state: State): string => JSON.stringify(snapshotOf(state));

/** Lives the moves, and shows every event and the state after it. */
function live(
  name: string,
  list: readonly Move[],
  after: (state: State, event: Event, outside: Outside) => void = () => undefined,
): { readonly state: State; readonly events: readonly Event[] } {
  const state = createState(playbookOf(name), EMPTY_SNAPSHOT);
  const outside = newOutside();
  const events: Event[] = [];
  // Each life begins with a document and a run.
  const opening: Move[] = [
    { kind: 'edit', a: list.length, b: 40 + list.length, c: 21 },
    { kind: 'start', a: 1, b: 0, c: 0 },
  ];
  for (const move of [...opening, ...list]) {
    const event = eventOf(state, outside, move);
    if (event === null) continue;
    events.push(event);
    step(state, event);
    after(state, event, outside);
  }
  return { state, events };
}

const check = (runs: number, predicate: (name: string, list: readonly Move[]) => void, length = 60): void => {
  fc.assert(fc.property(playbooks, moves(length), predicate), { numRuns: runs, interruptAfterTimeLimit: 6000 });
};

describe('E1: step', () => {
  test('is total, and the same events give the same state, changes and journal, byte for byte', () => {
    check(250, (name, list) => {
      const { state, events } = live(name, list);
      const again = createState(playbookOf(name), EMPTY_SNAPSHOT);
      for (const event of structuredClone(events)) step(again, event);
      expect(text(again)).toBe(text(state));
    });
  });

  test('returns every row that it changed, and no row that it did not say', () => {
    check(120, (name, list) => {
      const state = createState(playbookOf(name), EMPTY_SNAPSHOT);
      const outside = newOutside();
      const rows = new Map<string, string>();
      for (const move of list) {
        const event = eventOf(state, outside, move);
        if (event === null) continue;
        const { changes, entry } = step(state, event);
        expect(entry === null).toBe(changes === null);
        for (const id of changes?.removedTasks ?? []) rows.delete(`task ${id}`);
        for (const key of changes?.removedGroups ?? []) rows.delete(`group ${key}`);
        for (const key of changes?.endedEffects ?? []) rows.delete(`effect ${key}`);
        if (changes?.run) rows.set('run', JSON.stringify(changes.run));
        for (const row of changes?.tasks ?? []) rows.set(`task ${row.id}`, JSON.stringify(row));
        for (const row of changes?.groups ?? []) rows.set(`group ${row.kind}:${row.name}`, JSON.stringify(row));
        for (const row of changes?.inbox ?? []) rows.set(`item ${row.id}`, JSON.stringify(row));
        for (const row of changes?.effects ?? []) rows.set(`effect ${row.key}`, JSON.stringify(row));
        expect(Object.fromEntries([...rows].sort())).toEqual(Object.fromEntries(rowsOf(state).sort()));
      }
    });
  });
});

function rowsOf(state: State): [string, string][] {
  const { run, tasks, groups, inbox, effects } = snapshotOf(state);
  const isStored = run !== null && run.seq > 0;
  return [
    ...(isStored ? [['run', JSON.stringify(run)] as [string, string]] : []),
    ...tasks.map((row): [string, string] => [`task ${row.id}`, JSON.stringify(row)]),
    ...groups.map((row): [string, string] => [`group ${row.kind}:${row.name}`, JSON.stringify(row)]),
    ...inbox.map((row): [string, string] => [`item ${row.id}`, JSON.stringify(row)]),
    ...effects.map((row): [string, string] => [`effect ${row.key}`, JSON.stringify(row)]),
  ];
}

test('E2 E3: a result that comes twice changes nothing but the journal', () => {
  check(150, (name, list) => {
    live(name, list, (state, event) => {
      // What is stuck in one life is not in the next, by design.
      if (event.type !== 'effect-ended' || state.effects.has(event.key) || state.index.stuck.size > 0) return;
      const twin = createState(state.playbook, copyOf(state));
      const result = step(twin, event);
      expect(result.effects).toEqual([]);
      expect(result.entry?.notes[0]?.code).toBe('stale');
      const { run, ...rows } = copyOf(twin);
      const { run: old, ...before } = copyOf(state);
      expect(rows).toEqual(before);
      expect(run).toEqual({ ...old, seq: (old?.seq ?? 0) + 1 });
    });
  });
});

test('E5 E11: what is kept by differences equals what looking at everything gives', () => {
  check(200, (name, list) => {
    live(name, list, (state) => {
      const counts: Record<string, number> = Object.fromEntries(Object.keys(state.index.counts).map((key) => [key, 0]));
      for (const task of state.tasks.values()) {
        counts[task.status] = (counts[task.status] ?? 0) + 1;
        const dependencies = [...naiveDependencies(state, task)].map((id) => state.tasks.get(id));
        expect([task.id, task.openDeps]).toEqual([
          task.id,
          dependencies.filter((row) => row?.status !== 'done').length,
        ]);
        expect([task.id, task.heldDeps]).toEqual([
          task.id,
          dependencies.filter((row) => row !== undefined && isHeld(row)).length,
        ]);
        if (task.status !== 'waiting' && task.status !== 'ready') continue;
        expect([task.id, task.status]).toEqual([task.id, naiveWaits(state, task).length === 0 ? 'ready' : 'waiting']);
      }
      expect(state.index.counts).toEqual(counts);
      for (const group of state.groups.values()) {
        const members = membersOf(state, group);
        const unsettled = members.filter((task) => !isSettled(task)).length;
        const undone = members.filter((task) => task.status !== 'done').length;
        expect(group).toMatchObject({ members: members.length, unsettled, undone });
      }
    });
  });
});

test('E5: never more in flight than the limit, and no resource twice', () => {
  check(150, (name, list) => {
    let limit = 0;
    live(name, list, (state, event) => {
      const own = state.run.limit ?? state.playbook.admission.limit;
      // A new run may have a smaller one while tasks of the last are in flight.
      limit = event.type === 'run-started' ? Math.max(limit, own) : limit;
      const flying = [...state.tasks.values()].filter((task) => task.flight !== null && task.status === 'running');
      expect(flying.length).toBeLessThanOrEqual(limit);
      const held = [...state.tasks.values()].flatMap((task) => task.holds);
      expect(new Set(held).size).toBe(held.length);
    });
  });
});

test('E2 E4: a state built from stored rows behaves like the one that was never stored', () => {
  check(150, (name, list) => {
    const half = Math.floor(list.length / 2);
    const { state } = live(name, list.slice(0, half));
    // What could not be performed in one life is tried again in the next, by design.
    fc.pre(state.index.stuck.size === 0);
    const twin = createState(state.playbook, copyOf(state));
    const outside = newOutside();
    for (const row of state.tasks.values()) outside.rows.set(row.id, row.fact);
    for (const move of list.slice(half)) {
      const event = eventOf(state, outside, move);
      if (event === null) continue;
      const ours = step(state, event);
      const theirs = step(twin, structuredClone(event));
      expect(theirs.entry).toEqual(ours.entry);
      expect(theirs.effects).toEqual(ours.effects);
      expect(text(twin)).toBe(text(state));
    }
  });
});

test('E11: no reasons, exactly when dispatch would start it as the only candidate', () => {
  const seen = { starts: 0, stays: 0 };
  check(
    200,
    (name, list) => {
      const { state } = live(name, list);
      // Settled states have a reason for everything: some of what is in the way is taken away.
      const free = list.length % 8;
      const book = { ...state.playbook, limits: { ...state.playbook.limits, budgetTokens: null, runMs: null } };
      for (const id of state.tasks.keys()) {
        const rows = () => {
          const copy = copyOf(state);
          if (copy.run === null) throw new Error('no run');
          const run = copy.run;
          if (free & 1) run.limit = 100;
          if (free & 2) run.parks = {};
          if (free & 4) Object.assign(run, { status: 'running', halt: null, brokenLedger: null });
          return { ...copy, run };
        };
        const before = createState(book, rows());
        const status = before.tasks.get(id)?.status;
        if (status !== 'waiting' && status !== 'ready') continue;
        // Another member could only come into a wave by the next one being formed.
        const reasons = explain(before, id)?.reasons ?? [];
        if (reasons.some((reason) => reason.code === 'wave') || before.run.now === 0) continue;
        const alone = rows();
        if (alone.run.only === null || alone.run.only.includes(id)) alone.run.only = [id];
        const after = createState(book, alone);
        step(after, { type: 'tick', at: after.run.now });
        const isStarted = (after.tasks.get(id)?.fence ?? 0) > (before.tasks.get(id)?.fence ?? 0);
        seen[isStarted ? 'starts' : 'stays'] += 1;
        expect([id, isStarted, reasons.map((reason) => reason.code)]).toEqual([
          id,
          reasons.length === 0,
          reasons.map((reason) => reason.code),
        ]);
      }
    },
    40,
  );
  expect(seen.starts).toBeGreaterThan(5);
  expect(seen.stays).toBeGreaterThan(30);
});
