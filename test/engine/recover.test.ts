import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import type { Store } from '../../src/port/store.ts';
import { type Harness, harness, row } from './harness.ts';

const TASKS = [row('T1'), row('T2', { dependsOn: ['T1'] }), row('T3')];

/** Red for the first try of T3, whatever life runs it. */
function world(): Promise<Harness> {
  return harness({
    tasks: TASKS,
    playbook: (playbook) => ({ ...playbook, admission: { ...playbook.admission, limit: 2 } }),
    gate: ({ env, logFile }) => ({ passed: env.COX_TASK_ID !== 'T3' || !logFile.includes('/1/'), output: 'red' }),
  });
}

/** A store whose process dies before or after the nth commit. */
function dying(store: Store, nth: number, when: 'before' | 'after'): Store {
  let commits = 0;
  const commit: Store['commit'] = async (...args) => {
    commits += 1;
    if (commits === nth && when === 'before') throw new Error('died');
    await store.commit(...args);
    if (commits === nth && when === 'after') throw new Error('died');
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'commit') return commit;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function commitsOf(harnessed: Harness): Promise<number> {
  expect(await harnessed.run()).toBe('done');
  return (await harnessed.otherProcess().journal({})).length;
}

describe('a run that dies', () => {
  it('comes to the same end, whichever commit it died at (E2)', { timeout: 60_000 }, async () => {
    const commits = await commitsOf(await world());
    expect(commits).toBeGreaterThan(20);
    for (const when of ['before', 'after'] as const) {
      for (let nth = 1; nth <= commits; nth += 1) {
        const harnessed = await world();
        const parts = harnessed.parts();
        const life = openEngine({ ...parts, store: dying(parts.store, nth, when) });
        await expect(life.run({ only: null, limit: null }), `died ${when} commit ${nth}`).rejects.toThrow('died');
        expect(await harnessed.run(), `died ${when} commit ${nth}`).toBe('done');
        expect(harnessed.ledger.facts().map(({ word }) => word)).toEqual(['done', 'done', 'done']);
        expect(new Set(harnessed.workspaces.pushed).size, `died ${when} commit ${nth}`).toBe(3);
      }
    }
  });

  it('does a command once, although it died after the commit of it', async () => {
    const failed = JSON.stringify({ task_id: 'T1', status: 'failed', notes: 'no' });
    let attempts = 0;
    const harnessed = await harness({
      tasks: [row('T1')],
      act() {
        attempts += 1;
        return { report: failed };
      },
    });
    expect(await harnessed.run()).toBe('failed');
    const before = attempts;
    await harnessed.otherProcess().send({ do: 'retry', task: 'T1' }, harnessed.clock.now());
    const parts = harnessed.parts();
    const life = openEngine({ ...parts, store: dying(parts.store, 1, 'after') });
    await expect(life.run({ only: null, limit: null })).rejects.toThrow('died');
    expect(await harnessed.otherProcess().pendingCommands()).toEqual([]);
    expect(await harnessed.run()).toBe('failed');
    expect(attempts).toBe(before + 2);
  });
});
