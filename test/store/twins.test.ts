import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupKey } from '../../src/core/state.ts';
import { TASK_STATUSES, type Task } from '../../src/core/task.ts';
import { type Store, StoreError } from '../../src/port/store.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import {
  changes,
  sampleEffect,
  sampleEntry,
  sampleGroup,
  sampleItem,
  sampleRun,
  sampleStep,
  sampleTask,
} from '../../src/testing/store-samples.ts';

// Few names, so that rows meet again; any text, since documents hold any.
const id = fc.constantFrom('a', 'b', 'c', 'B', 'ä', '日', '\u{1f6a3}', '\uffee');
const anyText = fc.string({ unit: 'binary', maxLength: 8 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const task: fc.Arbitrary<Task> = fc
  .record({
    id,
    fact: fc.record({
      title: anyText,
      order: fc.nat({ max: 3 }),
      priority: finite,
      fields: fc.dictionary(anyText, anyText, { maxKeys: 3, noNullPrototype: true }),
    }),
    own: fc.record({
      status: fc.constantFrom(...TASK_STATUSES),
      fence: fc.nat(),
      openDeps: fc.nat(),
      isLast: fc.boolean(),
      session: fc.option(anyText),
      deadline: fc.option(fc.maxSafeNat()),
      visits: fc.dictionary(anyText, fc.nat(), { maxKeys: 3, noNullPrototype: true }),
    }),
  })
  .map(({ id, fact, own }) => ({ ...sampleTask(id, fact), ...own }));

const group = fc
  .record({ name: id, kind: fc.constantFrom('group', 'phase'), index: fc.nat() })
  .map(({ name, kind, index }) => ({ ...sampleGroup('g1'), name, kind, index }));
const effect = fc.oneof(id.map(sampleEffect), id.map(sampleStep));
const item = fc.record({ id, answer: fc.option(anyText) }).map(({ id, answer }) => ({ ...sampleItem(id), answer }));
const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 4 });

const change = fc.record({
  run: fc.option(fc.nat().map(sampleRun)),
  tasks: fc.uniqueArray(task, { maxLength: 4, selector: ({ id }) => id }),
  removedTasks: few(id),
  groups: fc.uniqueArray(group, { maxLength: 4, selector: ({ kind, name }) => groupKey(kind, name) }),
  removedGroups: few(group.map(({ kind, name }) => groupKey(kind, name))),
  inbox: fc.uniqueArray(item, { maxLength: 4, selector: ({ id }) => id }),
  effects: fc.uniqueArray(effect, { maxLength: 4, selector: ({ key }) => key }),
  endedEffects: few(id),
});

type Act = (store: Store, seq: number) => Promise<unknown>;

const commit = fc.record({
  change,
  key: id,
  note: fc.option(id),
  skip: fc.nat({ max: 9 }),
  settled: fc.option(fc.nat(5)),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: commit.map(
      ({ change, key, note, skip, settled }): Act =>
        (store, seq) => {
          const event = { at: 1, type: 'attempt-started', key } as const;
          const notes = [{ task: note, code: 'noted', text: 'so it was' }];
          // One in ten comes from somebody who missed an event.
          const entry = sampleEntry(seq + (skip === 0 ? 1 : 0), { event, notes });
          return store.commit(
            changes(change),
            entry,
            settled === null ? undefined : { number: settled, refusal: null },
          );
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (at): Act =>
        (store) =>
          store.send({ do: 'pause' }, at),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(5), fc.option(anyText)).map(
      ([number, why]): Act =>
        (store) =>
          store.settleCommand(number, why),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(anyText, anyText).map(
      ([name, value]): Act =>
        async (store) => {
          await store.setMeta(name, value);
          return store.getMeta(name);
        },
    ),
  },
);

it('the file and its twin in memory tell the same after the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 15 }), id, async (acts, about) => {
      const [file, twin] = [await openSqliteStore(':memory:'), openMemoryStore()];
      let seq = 1;
      for (const next of acts) {
        const outcome = await outcomeOf(next(file, seq));
        expect(await outcomeOf(next(twin, seq))).toEqual(outcome);
        seq = (await twin.journal({})).length + 1;
        expect(await file.load()).toEqual(await twin.load());
      }
      for (const query of [{}, { task: about }, { after: 2, limit: 3 }, { task: about, after: 1, limit: 1 }]) {
        expect(await file.journal(query)).toEqual(await twin.journal(query));
      }
      expect(await file.pendingCommands()).toEqual(await twin.pendingCommands());
      for (const number of [0, 1, 2, 3]) {
        expect(await file.commandOutcome(number)).toEqual(await twin.commandOutcome(number));
      }
      await file.close();
    }),
    { numRuns: 100 },
  );
});

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error) => (error instanceof StoreError ? error.code : Promise.reject(error)));
}
