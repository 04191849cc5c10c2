import { afterEach, describe, expect, it } from 'vitest';
import type { Effect } from '../core/effect.ts';
import type { Store } from '../port/store.ts';
import { talkConformance } from './store-conformance-talk.ts';
import {
  changes,
  full,
  none,
  sampleEffect,
  sampleEntry,
  sampleGroup,
  sampleItem,
  sampleRun,
  sampleTask,
} from './store-samples.ts';

/** One state that several stores can be open over, as processes are over a file. */
export interface StoreWorld {
  open(): Promise<Store>;
  /** Called when all stores over it are closed. */
  remove(): Promise<void>;
}

/**
 * What every adapter of `Store` keeps to (E2, E14).
 *
 * @example storeConformance('memory', async () => {
 *   const memory = new Memory();
 *   return { open: async () => openMemoryStore(memory), remove: async () => {} };
 * });
 */
export function storeConformance(name: string, makeWorld: () => Promise<StoreWorld>): void {
  describe(`store: ${name}`, () => {
    const opened: Store[] = [];
    const worlds: StoreWorld[] = [];

    async function world(): Promise<() => Promise<Store>> {
      const made = await makeWorld();
      worlds.push(made);
      return async () => {
        const store = await made.open();
        opened.push(store);
        return store;
      };
    }
    const one = async () => (await world())();

    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      for (const made of worlds.splice(0)) await made.remove();
    });

    describe('state', () => {
      it('is empty at first', async () => {
        const store = await one();
        expect(await store.load()).toEqual({ run: null, tasks: [], groups: [], inbox: [], effects: [] });
        expect(await store.journal({})).toEqual([]);
      });

      it('comes back as it was committed, all kinds of rows', async () => {
        const store = await one();
        await store.commit(changes(full), sampleEntry(1));
        expect(await store.load()).toEqual(full);
      });

      it('is there for the next process', async () => {
        const open = await world();
        const first = await open();
        await first.commit(changes(full), sampleEntry(1));
        await first.close();
        const second = await open();
        expect(await second.load()).toEqual(full);
        expect(await second.journal({})).toEqual([sampleEntry(1)]);
      });

      it('gives tasks in the order of the document', async () => {
        const store = await one();
        const tasks = ['c', 'a', 'd', 'b'].map((id, index) => sampleTask(id, { order: [2, 0, 1, 1][index] ?? 0 }));
        await store.commit(changes({ tasks }), sampleEntry(1));
        expect((await store.load()).tasks.map(({ id }) => id)).toEqual(['a', 'b', 'd', 'c']);
      });

      it('gives outstanding effects and inbox items in the order they came', async () => {
        const store = await one();
        const keys = ['z', 'a', 'm'];
        const inbox = keys.map(sampleItem);
        await store.commit(changes({ effects: keys.map(sampleEffect), inbox }), sampleEntry(1));
        await store.commit(changes({ effects: [sampleEffect('b')] }), sampleEntry(2));
        const closed = { ...sampleItem('z'), closedAt: 9, answer: 'approve' };
        await store.commit(changes({ inbox: [closed], endedEffects: ['z'] }), sampleEntry(3));
        const { effects, inbox: items } = await store.load();
        expect(effects.map(({ key }) => key)).toEqual(['a', 'm', 'b']);
        expect(items).toEqual([closed, sampleItem('a'), sampleItem('m')]);
      });

      it('replaces rows as a whole and leaves the others', async () => {
        const store = await one();
        await store.commit(changes(full), sampleEntry(1));
        const task = { ...sampleTask('b', { order: 1 }), status: 'done' as const, openDeps: 3, fence: 4, visits: {} };
        const group = { ...sampleGroup('g1'), status: 'passed' as const };
        await store.commit(changes({ tasks: [task], groups: [group] }), sampleEntry(2));
        const others = full.tasks.filter(({ id }) => id !== 'b');
        const state = await store.load();
        expect(state.tasks).toEqual([...others, task].toSorted((a, b) => a.fact.order - b.fact.order));
        expect(state.groups).toEqual([group, sampleGroup('g2')]);
        expect({ ...state, tasks: [], groups: [] }).toEqual({ ...full, tasks: [], groups: [] });
      });

      it('forgets what was removed, and removing what is not there is nothing', async () => {
        const store = await one();
        await store.commit(changes(full), sampleEntry(1));
        const gone = {
          removedTasks: ['a', 'nobody'],
          removedGroups: ['group:g1', 'phase:g2'],
          endedEffects: ['step/1', 'none'],
        };
        await store.commit({ ...none, ...gone }, sampleEntry(2));
        const state = await store.load();
        expect(state.tasks.map(({ id }) => id)).toEqual(['b', 'c']);
        expect(state.groups).toEqual([sampleGroup('g2')]);
        expect(state.effects).toEqual([sampleEffect('cleanup/a/1')]);
      });

      it('has what is removed and put again in one commit', async () => {
        const store = await one();
        await store.commit(changes(full), sampleEntry(1));
        const again = sampleTask('a', { title: 'again' });
        await store.commit({ ...none, removedTasks: ['a'], tasks: [again] }, sampleEntry(2));
        expect((await store.load()).tasks[0]).toEqual(again);
      });

      it('keeps any text', async () => {
        const store = await one();
        const title = `"quotes" 'single' \\ \n \u0000 \u2028 ünïcödé 日本語 🚣 ; drop table tasks; --`;
        const task = sampleTask('id\'with"marks', { title, fields: { ['__proto__']: title } });
        await store.commit(changes({ tasks: [task] }), sampleEntry(1));
        expect((await store.load()).tasks).toEqual([task]);
      });

      it('takes more rows in one commit than a statement has places for', async () => {
        const store = await one();
        const tasks = Array.from({ length: 1234 }, (_, order) => sampleTask(`t${order}`, { order }));
        await store.commit(changes({ tasks }), sampleEntry(1));
        await store.commit({ ...none, removedTasks: tasks.slice(0, 1200).map(({ id }) => id) }, sampleEntry(2));
        expect((await store.load()).tasks).toEqual(tasks.slice(1200));
      });

      it('shares no object with the caller', async () => {
        const store = await one();
        const task = sampleTask('a');
        await store.commit(changes({ tasks: [task] }), sampleEntry(1));
        task.visits.work = 99;
        const [loaded] = (await store.load()).tasks;
        if (loaded) loaded.visits.work = 98;
        expect((await store.load()).tasks).toEqual([sampleTask('a')]);
      });
    });

    describe('commit', () => {
      it('is all or nothing', async () => {
        const store = await one();
        await store.commit(changes(full), sampleEntry(1));
        const number = await store.send({ do: 'pause' }, 1);
        // Serialising the last row fails after the first ones were written.
        const unwritable = { ...sampleEffect('bad'), fence: 1n } as unknown as Effect;
        const bad = changes({ ...full, run: sampleRun(2), tasks: [sampleTask('new')], effects: [unwritable] });
        const settled = { number, refusal: null };
        await expect(store.commit({ ...bad, removedTasks: ['a'] }, sampleEntry(2), settled)).rejects.toThrow();
        expect(await store.load()).toEqual(full);
        expect(await store.journal({})).toEqual([sampleEntry(1)]);
        expect(await store.commandOutcome(number)).toBeUndefined();
        await store.commit(changes({ run: sampleRun(2) }), sampleEntry(2));
        expect((await store.load()).run).toEqual(sampleRun(2));
      });

      it.each([0, 1, 3, 4])('refuses number %i after number 1, and stores nothing', async (seq) => {
        const store = await one();
        await store.commit(changes(full), sampleEntry(1));
        await expect(store.commit(changes({ run: sampleRun(9) }), sampleEntry(seq))).rejects.toThrow(
          `Cannot store event ${seq}: the last one stored is 1.`,
        );
        expect(await store.load()).toEqual(full);
      });

      it('refuses a second writer', async () => {
        const open = await world();
        const [first, second] = [await open(), await open()];
        await first.commit(none, sampleEntry(1));
        await expect(second.commit(none, sampleEntry(1))).rejects.toMatchObject({ code: 'second-writer' });
        await second.commit(none, sampleEntry(2));
      });

      it('settles the command it came from', async () => {
        const store = await one();
        const number = await store.send({ do: 'pause' }, 1);
        await store.commit(none, sampleEntry(1), { number, refusal: 'not now' });
        expect(await store.commandOutcome(number)).toEqual({ refusal: 'not now' });
        expect(await store.pendingCommands()).toEqual([]);
      });

      it('waits for its turn', async () => {
        const store = await one();
        const seqs = [1, 2, 3, 4, 5];
        await Promise.all(seqs.map((seq) => store.commit(changes({ run: sampleRun(seq) }), sampleEntry(seq))));
        expect((await store.load()).run).toEqual(sampleRun(5));
      });
    });

    talkConformance(world);
  });
}
