import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { TaskFact } from '../../src/core/fact.ts';
import type { Playbook } from '../../src/core/playbook.ts';
import type { Outcome } from '../../src/core/rows.ts';
import { openEngine } from '../../src/engine/engine.ts';
import type { EngineParts } from '../../src/engine/parts.ts';
import type { ProgressMessage } from '../../src/engine/progress.ts';
import { loadPlaybook } from '../../src/playbook/index.ts';
import { Memory, openMemoryStore } from '../../src/store/memory.ts';
import { type MemoryAct, openMemoryAgent } from '../../src/testing/memory-agent.ts';
import { openMemoryClock } from '../../src/testing/memory-clock.ts';
import { openMemoryGates } from '../../src/testing/memory-gates.ts';
import { openMemoryLedger } from '../../src/testing/memory-ledger.ts';
import { openMemorySync } from '../../src/testing/memory-sync.ts';
import { openMemoryWorkspaces } from '../../src/testing/memory-workspaces.ts';

export type Harness = Awaited<ReturnType<typeof harness>>;

export interface HarnessOptions {
  readonly tasks: readonly TaskFact[];
  readonly act?: MemoryAct;
  readonly gate?: Parameters<typeof openMemoryGates>[0];
  readonly playbook?: (playbook: Playbook) => Playbook;
}

/** An engine over adapters in memory: the `task-table` playbook with one gate, and a clock that tests move. */
export async function harness({
  tasks,
  act = succeed,
  gate = () => ({}),
  playbook: change = (p) => p,
}: HarnessOptions) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'cox-engine-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const playbook = change(await taskTable());
  const memory = new Memory();
  const clock = openMemoryClock();
  const ledger = openMemoryLedger(playbook.ledger.words, tasks);
  const sync = openMemorySync();
  const workspaces = openMemoryWorkspaces(root);
  const heard: ProgressMessage[] = [];
  const parts = (): EngineParts => ({
    root,
    playbook,
    store: openMemoryStore(memory),
    ledger,
    sync,
    workspaces,
    agents: { default: openMemoryAgent(act) },
    gates: openMemoryGates(gate),
    clock,
    locks: [],
    listen: (message) => heard.push(message),
  });
  return {
    root,
    memory,
    clock,
    ledger,
    sync,
    workspaces,
    heard,
    parts,
    engine: () => openEngine(parts()),
    run: (): Promise<Outcome> => openEngine(parts()).run({ only: null, limit: null }),
    /** A store as another process has it open. */
    otherProcess: () => openMemoryStore(memory),
    /** Waits, and lets the engine's clock run, until something is so. */
    async until(isSo: () => boolean): Promise<void> {
      for (let round = 0; !isSo(); round += 1) {
        if (round > 2000) throw new Error('it never became so');
        clock.advance(200);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}

async function taskTable(): Promise<Playbook> {
  const loaded = await loadPlaybook('task-table');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { playbook } = loaded;
  return {
    ...playbook,
    gates: [{ name: 'test', run: 'npm test', timeoutMs: 60_000, cwd: null }],
    git: { ...playbook.git, remote: 'origin', base: 'main', push: true },
  };
}

export function row(id: string, fact: Partial<TaskFact> = {}): TaskFact {
  return {
    id,
    title: `Do ${id}`,
    dependsOn: [],
    word: 'open',
    ledgerStatus: 'not-started',
    order: Number(id.replace(/\D/g, '')),
    priority: 0,
    group: null,
    phase: null,
    parent: null,
    kind: null,
    labels: [],
    repo: null,
    branch: `fix/${id}`,
    estimate: null,
    fields: {},
    ...fact,
  };
}

export function success(task: string): string {
  return JSON.stringify({ task_id: task, status: 'success', used: '1K', commit_sha: 'abcdef1', notes: 'done' });
}

export const succeed: MemoryAct = (spec) => ({ report: success(spec.task) });
