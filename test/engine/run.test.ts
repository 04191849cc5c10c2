import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { harness, row, succeed, success } from './harness.ts';

describe('a run', () => {
  it('takes tasks in the order of their dependencies, and ends done', async () => {
    const world = await harness({ tasks: [row('T1', { dependsOn: ['T2'] }), row('T2')] });
    expect(await world.run()).toBe('done');
    expect(world.ledger.facts().map(({ word }) => word)).toEqual(['done', 'done']);
    expect(world.ledger.written.map(({ task, change }) => `${task} ${change.word}`)).toEqual([
      'T2 active',
      'T2 done',
      'T1 active',
      'T1 done',
    ]);
    expect(world.sync.messages).toEqual([
      'chore(tasks): T2 in-progress',
      'chore(tasks): T2 done',
      'chore(tasks): T1 in-progress',
      'chore(tasks): T1 done',
    ]);
  });

  it('says in progress before it spawns, gates before it pushes, and pushes before it says done (T3, T6)', async () => {
    const world = await harness({ tasks: [row('T1')] });
    await world.run();
    expect(world.workspaces.calls.map(({ name }) => name)).toEqual([
      'prepare',
      'guard',
      'inspect',
      'gate-place',
      'gate-release',
      'push',
      'cleanup',
      'tidy',
    ]);
    const order = world.heard
      .map(({ type }) => type)
      .filter((type) => ['recorded', 'started', 'gate', 'landed'].includes(type));
    expect(order).toEqual(['recorded', 'started', 'gate', 'landed', 'recorded']);
  });

  it('never runs more agents than the limit (E5)', async () => {
    let running = 0;
    let most = 0;
    const world = await harness({
      tasks: [1, 2, 3, 4, 5, 6].map((number) => row(`T${number}`)),
      playbook: (playbook) => ({ ...playbook, admission: { ...playbook.admission, limit: 3 } }),
      async act(spec) {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        return { report: success(spec.task) };
      },
    });
    expect(await world.run()).toBe('done');
    expect(most).toBe(3);
  });

  it('tells the retry what the gate printed', async () => {
    const prompts: string[] = [];
    let isRed = true;
    const world = await harness({
      tasks: [row('T1')],
      act(spec) {
        prompts.push(spec.prompt);
        return { report: success(spec.task) };
      },
      gate() {
        const outcome = { passed: !isRed, output: 'expected 4, got 5' };
        isRed = false;
        return outcome;
      },
    });
    expect(await world.run()).toBe('done');
    expect(prompts).toHaveLength(2);
    expect(prompts[0]).not.toContain('expected 4, got 5');
    expect(prompts[1]).toContain('expected 4, got 5');
  });

  it('ends with the tasks that fail and names what they hold up', async () => {
    const world = await harness({
      tasks: [row('T1'), row('T2', { dependsOn: ['T1'] }), row('T3')],
      gate: ({ env }) => ({ passed: env.COX_TASK_ID !== 'T1', output: 'red' }),
    });
    expect(await world.run()).toBe('deadlock');
    expect(world.ledger.facts().map(({ word }) => word)).toEqual(['failed', 'open', 'done']);
    expect(world.heard.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'deadlock' });
    expect(world.workspaces.calls.at(-1)?.name).toBe('tidy');
  });

  it('fills the prompt from the row', async () => {
    let prompt = '';
    const world = await harness({
      tasks: [row('T1', { title: 'Mend the {braces}', fields: { issue: '#7' } })],
      act(spec) {
        prompt = spec.prompt;
        return { report: success(spec.task) };
      },
    });
    await world.run();
    expect(prompt).toContain('## Task Assignment: T1');
    expect(prompt).toContain('**Description:** Mend the {braces}');
    expect(prompt).toContain('npm test');
  });

  it('ends attempts that run out of time (E6)', async () => {
    const world = await harness({
      tasks: [row('T1')],
      async act(_spec, { stopped }) {
        await stopped;
        return { ending: 'stopped', exitCode: null, text: 'It was stopped.' };
      },
    });
    const outcome = world.run();
    await world.until(() => world.heard.some(({ type }) => type === 'started'));
    world.clock.advance(3_600_000);
    await world.until(() => world.heard.filter(({ type }) => type === 'started').length === 2);
    world.clock.advance(3_600_000);
    expect(await outcome).toBe('failed');
    expect(world.heard.some(({ type }) => type === 'failed-timeout')).toBe(true);
  });

  it('commits every decision before it acts on it', async () => {
    const world = await harness({ tasks: [row('T1')], act: succeed });
    await world.run();
    const entries = await world.otherProcess().journal({});
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.map(({ event }) => event.type)).toContain('ledger-observed');
  });

  it('hands the effects that are still outstanding to the next run when the ledger cannot be pushed (T8)', async () => {
    const world = await harness({ tasks: [row('T1')] });
    world.sync.refuse({
      class: 'config',
      code: 'auth',
      text: 'Cannot push: the remote asks for credentials.',
      evidence: '',
    });
    expect(await world.run()).toBe('waiting');
    expect(world.heard.at(-1)).toMatchObject({
      outcome: 'waiting',
      text: 'Cannot push: the remote asks for credentials.',
    });
    world.sync.refuse(null);
    expect(await world.run()).toBe('done');
  });

  it('does not begin while the remote cannot be brought in, and touches nothing', async () => {
    const world = await harness({ tasks: [row('T1')] });
    world.sync.refusePull({
      class: 'config',
      code: 'auth',
      text: 'Cannot fetch: credentials are asked for.',
      evidence: '',
    });
    expect(await world.run()).toBe('waiting');
    expect(world.heard.at(-1)).toMatchObject({ type: 'run-ended', text: 'Cannot fetch: credentials are asked for.' });
    expect(world.ledger.written).toEqual([]);
    world.sync.refusePull(null);
    expect(await world.run()).toBe('done');
  });

  it('ends with a sentence when the state cannot be kept, and goes on later', async () => {
    const world = await harness({ tasks: [row('T1')] });
    const parts = world.parts();
    let commits = 0;
    const full = Object.assign(Object.create(parts.store), {
      commit: async (...args: Parameters<typeof parts.store.commit>) => {
        commits += 1;
        if (commits === 6) throw new StoreError('disk-full', 'Cannot write state.db: the disk is full.');
        await openMemoryStore(world.memory).commit(...args);
      },
      load: () => parts.store.load(),
      pendingCommands: async () => [],
      dataVersion: () => 0,
    });
    const run = openEngine({ ...parts, store: full }).run({ only: null, limit: null });
    await expect(run).rejects.toMatchObject({
      name: 'EngineError',
      code: 'store',
      message: expect.stringContaining('disk is full'),
    });
    expect(await world.run()).toBe('done');
  });

  it('stops for a person when the machine refuses an effect, and does it again later', async () => {
    const world = await harness({ tasks: [row('T1')] });
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const { workspaces } = world;
    const spoiled = { ...workspaces, prepare: () => Promise.reject(full) };
    expect(await openEngine({ ...world.parts(), workspaces: spoiled }).run({ only: null, limit: null })).toBe(
      'waiting',
    );
    expect(world.heard.at(-1)).toMatchObject({ text: expect.stringContaining('no space left') });
    expect(await world.run()).toBe('done');
  });

  it('says plainly what this version cannot do', async () => {
    const world = await harness({
      tasks: [row('T1')],
      playbook: (playbook) => ({
        ...playbook,
        ways: playbook.ways.map((way) => ({
          ...way,
          stages: way.stages.map((stage) => (stage.do === 'land' ? { ...stage, how: 'collect' as const } : stage)),
        })),
      }),
    });
    expect(await world.run()).toBe('waiting');
    expect(
      world.heard.some((message) => 'text' in message && message.text?.includes('not available in this version')),
    ).toBe(true);
  });

  it('keeps where an attempt works, for another life', async () => {
    const world = await harness({ tasks: [row('T1')] });
    await world.run();
    expect(() => readFileSync(`${world.root}/.coxswain/attempts/T1/1/place.json`)).not.toThrow();
  });
});
