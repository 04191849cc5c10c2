import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import type { MemoryAct } from '../../src/testing/memory-agent.ts';
import { type Harness, harness, row, success } from './harness.ts';

/** An agent that ends only when it is told to, or when the test lets it. */
function patient() {
  const waiting = new Map<string, () => void>();
  const act: MemoryAct = async (spec, { stopped }) => {
    const { promise, resolve } = Promise.withResolvers<'free'>();
    waiting.set(spec.task, () => resolve('free'));
    const cause = await Promise.race([promise, stopped.then(() => 'stopped' as const)]);
    if (cause === 'free') return { report: success(spec.task) };
    return { ending: 'stopped', exitCode: null, text: 'It was stopped.' };
  };
  return { act, free: (task: string) => waiting.get(task)?.(), isWaiting: (task: string) => waiting.has(task) };
}

async function send(world: Harness, command: Parameters<ReturnType<Harness['otherProcess']>['send']>[0]) {
  const store = world.otherProcess();
  const number = await store.send(command, world.clock.now());
  let outcome: { readonly refusal: string | null } | undefined;
  let isAsking = false;
  await world.until(() => {
    if (!isAsking) {
      isAsking = true;
      store.commandOutcome(number).then((found) => {
        outcome = found;
        isAsking = false;
      });
    }
    return outcome !== undefined;
  });
  return outcome?.refusal;
}

describe('a person', () => {
  it('stops the run: attempts are ended, and the next run goes on (I3, E14)', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1')], act: agents.act });
    const engine = world.engine();
    const outcome = engine.run({ only: null, limit: null });
    await world.until(() => agents.isWaiting('T1'));
    engine.stop();
    expect(await outcome).toBe('interrupted');
    expect(world.ledger.facts()[0]?.word).toBe('active');

    const again = world.run();
    await world.until(() => world.heard.filter(({ type }) => type === 'started').length === 2);
    agents.free('T1');
    expect(await again).toBe('done');
  });

  it('stops it from another process', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1')], act: agents.act });
    const outcome = world.run();
    await world.until(() => agents.isWaiting('T1'));
    expect(await send(world, { do: 'stop' })).toBeNull();
    expect(await outcome).toBe('interrupted');
  });

  it('stops it while gates run: they are run again by the next run', async () => {
    let runs = 0;
    const world = await harness({
      tasks: [row('T1')],
      async gate({ signal }) {
        runs += 1;
        if (runs > 1) return {};
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { passed: false, output: 'It was ended: the run was stopped.' };
      },
    });
    const engine = world.engine();
    const outcome = engine.run({ only: null, limit: null });
    await world.until(() => runs === 1);
    engine.stop();
    expect(await outcome).toBe('interrupted');
    expect(await world.run()).toBe('done');
    expect(world.heard.filter(({ type }) => type === 'started')).toHaveLength(1);
  });

  it('interrupts twice: the run is dropped at once', async () => {
    const world = await harness({ tasks: [row('T1')], act: () => new Promise(() => undefined) });
    const engine = world.engine();
    const outcome = engine.run({ only: null, limit: null });
    await world.until(() => world.heard.some(({ type }) => type === 'started'));
    engine.stop();
    engine.stop();
    await expect(outcome).rejects.toMatchObject({ name: 'EngineError', code: 'aborted' });
  });

  it('pauses and resumes', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1'), row('T2')], act: agents.act });
    const outcome = world.run();
    await world.until(() => agents.isWaiting('T1'));
    expect(await send(world, { do: 'pause' })).toBeNull();
    agents.free('T1');
    await world.until(() => world.ledger.facts()[0]?.word === 'done');
    for (let round = 0; round < 20; round += 1) {
      world.clock.advance(200);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(agents.isWaiting('T2')).toBe(false);
    expect(await send(world, { do: 'resume' })).toBeNull();
    await world.until(() => agents.isWaiting('T2'));
    agents.free('T2');
    expect(await outcome).toBe('done');
  });

  it('drains: what runs is finished, nothing new starts', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1'), row('T2')], act: agents.act });
    const outcome = world.run();
    await world.until(() => agents.isWaiting('T1'));
    await send(world, { do: 'drain' });
    agents.free('T1');
    expect(await outcome).toBe('interrupted');
    expect(world.ledger.facts().map(({ word }) => word)).toEqual(['done', 'open']);
  });

  it('is told why a command cannot be done', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1')], act: agents.act });
    const outcome = world.run();
    await world.until(() => agents.isWaiting('T1'));
    expect(await send(world, { do: 'release', task: 'T1' })).toContain('not blocked');
    expect(await send(world, { do: 'cancel', task: 'T1' })).toBeNull();
    expect(await outcome).toBe('done');
    expect(world.ledger.facts()[0]?.word).toBe('cancelled');
  });

  it('releases a blocked task (T7)', async () => {
    let isBlocked = true;
    const blocked = JSON.stringify({ task_id: 'T1', status: 'blocked', notes: 'needs a key' });
    const world = await harness({
      tasks: [row('T1'), row('T2')],
      act: (spec) => ({ report: spec.task === 'T1' && isBlocked ? blocked : success(spec.task) }),
    });
    expect(await world.run()).toBe('deadlock');
    expect(world.ledger.facts().map(({ word }) => word)).toEqual(['active', 'done']);
    isBlocked = false;
    await world.otherProcess().send({ do: 'release', task: 'T1' }, world.clock.now());
    expect(await world.run()).toBe('done');
  });

  it('adds and removes rows of a live run, and sets words', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1'), row('T2'), row('T3')], act: agents.act });
    const outcome = world.run();
    await world.until(() => agents.isWaiting('T1'));
    world.ledger.edit((facts) => [
      ...facts
        .filter(({ id }) => id !== 'T2')
        .map((fact) => (fact.id === 'T3' ? { ...fact, word: 'done' as const, ledgerStatus: 'done' } : fact)),
      row('T4'),
    ]);
    agents.free('T1');
    await world.until(() => agents.isWaiting('T4'));
    agents.free('T4');
    expect(await outcome).toBe('done');
    expect(agents.isWaiting('T2')).toBe(false);
    expect(agents.isWaiting('T3')).toBe(false);
  });

  it('breaks the document and mends it: told once, and the run goes on (section 4)', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1'), row('T2')], act: agents.act });
    const outcome = world.run();
    await world.until(() => agents.isWaiting('T1'));
    world.ledger.breakWith({ severity: 'error', code: 'x', file: 'tasks.md', line: 3, column: 7, text: 'not a row' });
    await world.until(() => world.heard.some(({ type }) => type === 'ledger-broken'));
    agents.free('T1');
    for (let round = 0; round < 30; round += 1) {
      world.clock.advance(200);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const told = world.heard.filter(({ type }) => type === 'ledger-broken');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ text: 'tasks.md:3:7: not a row' });
    expect(agents.isWaiting('T2')).toBe(false);
    world.ledger.breakWith(null);
    await world.until(() => agents.isWaiting('T2'));
    agents.free('T2');
    expect(await outcome).toBe('done');
  });

  it('mends the document in the very moment in which a write found it broken: the write is tried again', async () => {
    const agents = patient();
    const world = await harness({ tasks: [row('T1')], act: agents.act });
    const outcome = world.run();
    await world.until(() => agents.isWaiting('T1'));
    world.ledger.breakWith({ severity: 'error', code: 'x', file: 'tasks.md', line: 3, column: 7, text: 'not a row' });
    await world.until(() => world.heard.some(({ type }) => type === 'ledger-broken'));
    const { read } = world.ledger;
    world.ledger.read = async () => {
      const reading = await read();
      world.ledger.breakWith(null);
      return reading;
    };
    agents.free('T1');
    expect(await outcome).toBe('done');
  });

  it('does not start a run on a document that is broken', async () => {
    const world = await harness({ tasks: [row('T1')] });
    const problem = { severity: 'error', code: 'x', file: 'tasks.md', line: 3, column: 7, text: 'not a row' } as const;
    world.ledger.breakWith(problem);
    await expect(world.run()).rejects.toMatchObject({ code: 'document', problems: [problem] });
  });

  it('is told who holds the project', async () => {
    const world = await harness({ tasks: [row('T1')] });
    const locks = [() => ({ ok: false as const, holder: { pid: 4711, since: 0 } })];
    const engine = openEngine({ ...world.parts(), locks });
    await expect(engine.run({ only: null, limit: null })).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('process 4711'),
    });
  });
});
