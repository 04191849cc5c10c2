import type { Effect } from '../../src/core/effect.ts';
import type { Event, Result } from '../../src/core/event.ts';
import type { TaskFact } from '../../src/core/fact.ts';
import { createState, EMPTY_SNAPSHOT } from '../../src/core/load.ts';
import type { Playbook } from '../../src/core/playbook.ts';
import type { State } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { measure, type Sample } from '../measure.ts';
import { builtinPlaybook } from '../playbook.ts';
import { atMost, type Bench, type Row, row } from '../row.ts';

const SIZES = [1_000, 10_000, 100_000] as const;
const LIVES = 800;

/**
 * The event mix "800 lives": of a graph of N tasks (two dependencies each, on tasks up to 50 rows before), 800 are worked
 * off at limit 8, with every effect answered at once; a tick after each answer, a row edited by a person every tenth.
 */
export const bench: Bench = {
  name: 'Core: work per event, event mix "800 lives"',
  async run() {
    const playbook = {
      ...(await builtinPlaybook('task-table')),
      admission: admission(await builtinPlaybook('task-table')),
    };
    const rows: Row[] = [];
    const times: Sample[] = [];
    const visits: number[] = [];
    for (const size of SIZES) {
      let perEvent = 0;
      const time = await measure(() => {
        const { ns, visited } = live(playbook, size);
        perEvent = visited;
        return ns;
      });
      times.push(time);
      visits.push(perEvent);
      rows.push(row(`${size} tasks: time per event`, time, 'ns'));
      rows.push({ ...row(`${size} tasks: rows visited per event`, time, 'rows'), value: perEvent, spread: null });
    }
    rows.push(atMost('rows visited per event, 100k against 1k', (visits[2] ?? 0) / (visits[0] ?? 1), 'x', 1.5));
    rows.push(atMost('time per event, 100k against 1k', (times[2]?.median ?? 0) / (times[0]?.median ?? 1), 'x', 4));
    return rows;
  },
};

function admission(playbook: Playbook): Playbook['admission'] {
  return { ...playbook.admission, limit: 8 };
}

function live(playbook: Playbook, size: number): { readonly ns: number; readonly visited: number } {
  const state = createState(playbook, EMPTY_SNAPSHOT);
  const facts = Array.from({ length: size }, (_, index) => factOf(index));
  const delta = { put: facts, gone: [], groups: [], phases: ['all'], activePhase: null };
  step(state, { type: 'ledger-observed', at: 1, delta });
  const started = step(state, { type: 'run-started', at: 2, only: null, limit: null });
  const visitedBefore = state.visited;
  let events = 0;
  const start = process.hrtime.bigint();
  const queue: Effect[] = [...started.effects];
  const fold = (event: Event): void => {
    events += 1;
    queue.push(...step(state, event).effects);
  };
  for (let at = 3; queue.length > 0 && state.index.counts.done < LIVES; at += 1) {
    const effect = queue.shift();
    if (effect === undefined) break;
    fold({ type: 'effect-ended', at, key: effect.key, result: resultOf(effect) });
    fold({ type: 'tick', at });
    if (at % 10 === 0) fold(editOf(state, facts, at));
  }
  const ns = Number(process.hrtime.bigint() - start) / events;
  return { ns, visited: (state.visited - visitedBefore) / events };
}

function editOf(state: State, facts: readonly TaskFact[], at: number): Event {
  const fact = facts[(at * 7919) % facts.length];
  const now = fact === undefined ? undefined : state.tasks.get(fact.id)?.fact;
  const put = now === undefined ? [] : [{ ...now, title: `edited at ${at}` }];
  return { type: 'ledger-observed', at, delta: { put, gone: [], groups: [], phases: ['all'], activePhase: null } };
}

function factOf(index: number): TaskFact {
  const id = `T-${index}`;
  const back = [1 + ((index * 31) % 50), 1 + ((index * 17) % 50)];
  const dependsOn = index < 100 ? [] : [...new Set(back.map((step) => `T-${index - step}`))];
  return {
    id,
    title: `Task ${index}`,
    dependsOn,
    word: 'open',
    ledgerStatus: 'not-started',
    order: index,
    priority: 0,
    group: null,
    phase: 'all',
    parent: null,
    kind: null,
    labels: [],
    repo: null,
    branch: null,
    estimate: 1000,
    fields: {},
  };
}

/** Everything goes well: the mix measures the engine, not the ladder. */
function resultOf(effect: Effect): Result {
  switch (effect.kind) {
    case 'record':
      return { kind: 'record', yielded: [] };
    case 'attempt':
      return { kind: 'attempt', end: attemptEnd(effect.task, `c${effect.fence}`) };
    case 'gate':
      return { kind: 'gate', gates: [], failure: null };
    case 'collect':
      return { kind: 'collect', commit: effect.commit, failure: null };
    case 'candidate':
      return { kind: 'candidate', candidate: effect.commit, failure: null };
    case 'advance':
      return { kind: 'advance', outcome: 'moved', failure: null };
    case 'step':
      return { kind: 'step', failure: null, text: '' };
    case 'cleanup':
      return { kind: 'cleanup' };
    case 'prepare':
    case 'push':
      return { kind: effect.kind, failure: null };
  }
}

function attemptEnd(task: string, head: string): Extract<Result, { kind: 'attempt' }>['end'] {
  return {
    ending: 'exited',
    exitCode: 0,
    text: '',
    evidence: '',
    report: { status: 'success', task, commit: head, usedTokens: 900, notes: '', blockedBy: [], flags: {} },
    reportProblem: null,
    work: { head, start: 'base', isChanged: true, claimProblem: null },
    outputs: [],
    missingOutputs: [],
    violations: [],
    session: null,
    resetAt: null,
    handoff: null,
    tokens: 0,
    costUsd: 0,
  };
}
