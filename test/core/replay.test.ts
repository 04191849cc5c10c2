import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createState, EMPTY_SNAPSHOT } from '../../src/core/load.ts';
import type { JournalEntry } from '../../src/core/rows.ts';
import { snapshotOf } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { Memory, openMemoryStore } from '../../src/store/memory.ts';
import { eventOf, moves, newOutside, playbookOf, playbooks } from './random-life.ts';

test('E1 E2: the journal of a recorded run folds from nothing to what is stored', async () => {
  const property = fc.asyncProperty(playbooks, moves(40), async (name, list) => {
    const store = openMemoryStore(new Memory());
    const state = createState(playbookOf(name), EMPTY_SNAPSHOT);
    const outside = newOutside();
    for (const move of list) {
      // What is stuck is known to one life only, and is not in the journal of the next.
      const event = eventOf(state, outside, move);
      if (event === null) continue;
      const { changes, entry } = step(state, event);
      if (changes !== null && entry !== null) await store.commit(changes, entry);
    }
    const stored = await store.load();
    const replayed = createState(playbookOf(name), EMPTY_SNAPSHOT);
    const entries: JournalEntry[] = await store.journal({});
    for (const { at, event, seq, notes } of entries) {
      const again = step(replayed, { ...event, at });
      expect(again.entry).toMatchObject({ seq, at, notes });
    }
    const rows = JSON.parse(JSON.stringify(snapshotOf(replayed)));
    const sorted = (list2: readonly unknown[]): string[] => list2.map((row) => JSON.stringify(row)).sort();
    expect(rows.run.seq).toBe(entries.length);
    if (stored.run !== null) expect(rows.run).toEqual(stored.run);
    expect(rows.tasks).toEqual(stored.tasks);
    for (const table of ['groups', 'inbox', 'effects'] as const)
      expect(sorted(rows[table])).toEqual(sorted(stored[table]));
  });
  await fc.assert(property, { numRuns: 80, interruptAfterTimeLimit: 6000 });
});
