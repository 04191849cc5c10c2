import { describe, expect, it } from 'vitest';
import type { Event } from '../core/event.ts';
import type { JournalEntry, JournalNote } from '../core/rows.ts';
import type { Store } from '../port/store.ts';
import { changes, full, none, sampleEffect, sampleEntry, sampleStep, sampleTask } from './store-samples.ts';

/** What processes tell each other and people through a store: journal, commands, data version, small texts. */
export function talkConformance(world: () => Promise<() => Promise<Store>>): void {
  const one = async () => (await world())();

  describe('journal', () => {
    const about = (task: string | null): JournalNote => ({ task, code: 'dispatched', text: 'It was its turn.' });

    async function journaled(): Promise<Store> {
      const store = await one();
      const effects = [sampleEffect('k1'), sampleStep('step/1')];
      await store.commit(changes({ effects }), sampleEntry(1, { notes: [about('a'), about('a'), about('b')] }));
      await store.commit(none, sampleEntry(2, { notes: [about(null)] }));
      const retry: Event = { at: 3, type: 'operator', command: { do: 'retry', task: 'b' } };
      await store.commit(none, sampleEntry(3, { event: retry }));
      const ended: Event = { at: 4, type: 'effect-ended', key: 'k1', result: { kind: 'cleanup' } };
      await store.commit({ ...none, endedEffects: ['k1'] }, sampleEntry(4, { event: ended }));
      await store.commit(none, sampleEntry(5, { event: ended }));
      await store.commit(none, sampleEntry(6, { event: { at: 6, type: 'attempt-started', key: 'step/1' } }));
      return store;
    }
    const seqs = async (entries: Promise<JournalEntry[]>) => (await entries).map(({ seq }) => seq);

    it('is read in pages', async () => {
      const store = await journaled();
      expect(await seqs(store.journal({}))).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await seqs(store.journal({ limit: 2 }))).toEqual([1, 2]);
      expect(await seqs(store.journal({ after: 2, limit: 2 }))).toEqual([3, 4]);
      expect(await seqs(store.journal({ after: 6 }))).toEqual([]);
      expect(await seqs(store.journal({ limit: 0 }))).toEqual([]);
    });

    it('tells what concerns a task: notes, commands, and results of its outstanding effects', async () => {
      const store = await journaled();
      expect(await seqs(store.journal({ task: 'a' }))).toEqual([1, 4]);
      expect(await seqs(store.journal({ task: 'b' }))).toEqual([1, 3]);
      expect(await seqs(store.journal({ task: 'b', after: 1 }))).toEqual([3]);
      expect(await seqs(store.journal({ task: 'a', limit: 1 }))).toEqual([1]);
      expect(await seqs(store.journal({ task: 'nobody' }))).toEqual([]);
    });

    it('keeps entries as they were', async () => {
      const store = await one();
      const delta = { put: [sampleTask('a').fact], gone: ['b'], groups: [], phases: ['p'], activePhase: null };
      const entry = sampleEntry(1, { event: { at: 1, type: 'ledger-observed', delta }, notes: [about('a')] });
      await store.commit(none, entry);
      expect(await store.journal({ task: 'a' })).toEqual([entry]);
    });
  });

  describe('commands', () => {
    it('reach the writer from another process, oldest first', async () => {
      const open = await world();
      const [writer, person] = [await open(), await open()];
      const first = await person.send({ do: 'pause' }, 10);
      const second = await writer.send({ do: 'retry', task: 'a' }, 11);
      expect(second).toBeGreaterThan(first);
      expect(await writer.pendingCommands()).toEqual([
        { number: first, command: { do: 'pause' }, at: 10 },
        { number: second, command: { do: 'retry', task: 'a' }, at: 11 },
      ]);
    });

    it('tell their sender how they ended', async () => {
      const open = await world();
      const [writer, person] = [await open(), await open()];
      const [fine, refused, open3] = [await send(person), await send(person), await send(person)];
      await writer.settleCommand(refused, 'The task is done.');
      await writer.settleCommand(fine, null);
      expect(await person.commandOutcome(fine)).toEqual({ refusal: null });
      expect(await person.commandOutcome(refused)).toEqual({ refusal: 'The task is done.' });
      expect(await person.commandOutcome(open3)).toBeUndefined();
      expect(await person.commandOutcome(99)).toBeUndefined();
      expect((await writer.pendingCommands()).map(({ number }) => number)).toEqual([open3]);
    });

    it('keep their first outcome', async () => {
      const store = await one();
      const number = await send(store);
      await store.settleCommand(number, null);
      await store.settleCommand(number, 'too late');
      await store.settleCommand(99, 'nobody');
      expect(await store.commandOutcome(number)).toEqual({ refusal: null });
    });

    const send = (store: Store) => store.send({ do: 'drain' }, 1);
  });

  describe('data version', () => {
    it.each([
      ['a commit', (other: Store) => other.commit(none, sampleEntry(1))],
      ['a command', (other: Store) => other.send({ do: 'pause' }, 1)],
      ['a meta text', (other: Store) => other.setMeta('name', 'value')],
    ])('changes with %s of another process, once', async (_, write) => {
      const open = await world();
      const [store, other] = [await open(), await open()];
      const before = store.dataVersion();
      await write(other);
      const after = store.dataVersion();
      expect(after).not.toBe(before);
      expect(store.dataVersion()).toBe(after);
    });

    it('stays with our own writes and with reading', async () => {
      const open = await world();
      const [store, other] = [await open(), await open()];
      const before = store.dataVersion();
      await store.commit(changes(full), sampleEntry(1));
      await store.settleCommand(await store.send({ do: 'pause' }, 1), null);
      await store.setMeta('name', 'value');
      await other.load();
      expect(store.dataVersion()).toBe(before);
    });
  });

  it('keeps small texts by name', async () => {
    const open = await world();
    const [store, other] = [await open(), await open()];
    expect(await store.getMeta('fingerprint')).toBeNull();
    await store.setMeta('fingerprint', 'a');
    await store.setMeta('fingerprint', 'b\n"quoted" 🚣');
    await store.setMeta('empty', '');
    expect(await other.getMeta('fingerprint')).toBe('b\n"quoted" 🚣');
    expect(await other.getMeta('empty')).toBe('');
  });
}
