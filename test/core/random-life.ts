import fc from 'fast-check';
import type { Effect } from '../../src/core/effect.ts';
import type { AttemptEnd, Event, OperatorCommand, Result } from '../../src/core/event.ts';
import type { TaskFact } from '../../src/core/fact.ts';
import { openItems } from '../../src/core/inbox.ts';
import { LEDGER_WORDS, type LedgerWord, type Playbook } from '../../src/core/playbook.ts';
import type { State } from '../../src/core/state.ts';
import {
  agentStage,
  ending,
  fact,
  failure,
  gateStage,
  landStage,
  playbook,
  report,
  TASK_TABLE,
  way,
  well,
  work,
} from './build.ts';

/** Random lives: moves are numbers, and what they mean depends on the state they meet. */

export interface Move {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const KINDS = [
  'answer',
  'answer',
  'answer',
  'answer',
  'answer',
  'answer',
  'stale',
  'edit',
  'edit',
  'operator',
  'operator',
  'tick',
  'start',
  'broken',
  'progress',
] as const;

const number = fc.nat({ max: 1_000_000 });

export const moves = (maxLength: number): fc.Arbitrary<Move[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...KINDS), a: number, b: number, c: number }), { maxLength, size: 'max' });

/** Named, so that a failing run says which one it was. */
const PLAYBOOKS: Readonly<Record<string, Playbook>> = {
  table: playbook({ admission: { limit: 3 } }),
  'merge queue with review': playbook({
    admission: { limit: 4, caps: { review: 1 }, order: ['nearest-done', 'current-parent', 'blockers', 'id'] },
    ways: [
      way('feature', [], { container: true, match: { kind: ['feature'] } }),
      way('main', [
        agentStage('work', { on: { exhausted: 'work' }, visits: 3 }),
        agentStage('review', { expects: ['report'], accept: 'ready', on: { wrong: 'work' }, visits: 2 }),
        landStage('merge', 'merge', { gates: ['test'], on: { conflict: 'work', red: 'work' }, visits: 3 }),
      ]),
    ],
  }),
  groups: playbook({
    admission: { limit: 2, unit: 'group', phases: { by: 'none', patterns: [], column: null, active: null } },
    steps: {
      preflight: [{ name: 'clean', do: 'check', run: 'true', timeoutMs: 1 }],
      afterGroup: [
        { name: 'merge notes', do: 'consolidate' },
        { name: 'look', do: 'checkpoint' },
      ],
      afterRun: [{ name: 'hand over', do: 'handoff' }],
    },
    ways: [way('main', [agentStage('work'), landStage('land', 'collect', { paths: ['out/{id}'] })])],
  }),
  waves: playbook({
    admission: { limit: 3, unit: 'wave', waveSize: 2, barrier: 'done' },
    checkpoint: { mode: 'after-batch', every: 2 },
    steps: { afterGroup: [{ name: 'look', do: 'checkpoint' }], afterPhase: [{ name: 'stop', do: 'hard-stop' }] },
    ways: [way('main', [gateStage('before'), agentStage('work'), landStage('land', 'none')])],
    workspace: { kind: 'none' },
    limits: { budgetTokens: 3000, runMs: 4_000_000 },
  }),
};

export const playbooks = fc.constantFrom(...Object.keys(PLAYBOOKS));

export function playbookOf(name: string): Playbook {
  const found = PLAYBOOKS[name];
  if (found === undefined) throw new Error(`no playbook ${name}`);
  return found;
}

/** What the moves need to know besides the state: the document as it stands, and keys that were once in use. */
export interface Outside {
  readonly rows: Map<string, TaskFact>;
  readonly keys: string[];
  last: Extract<Event, { type: 'effect-ended' }> | null;
}

export function newOutside(): Outside {
  return { rows: new Map(), keys: [], last: null };
}

const IDS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

function pick<T>(from: readonly T[], by: number): T | undefined {
  return from.length === 0 ? undefined : from[by % from.length];
}

/** The event a move stands for; null: there is nothing for it here. */
export function eventOf(state: State, outside: Outside, move: Move): Event | null {
  const at = state.run.now + (move.kind === 'tick' ? (move.a % 5) * 400_000 - 400_000 : 1000);
  const { a, b, c } = move;
  switch (move.kind) {
    case 'tick':
      return { type: 'tick', at };
    case 'start':
      return {
        type: 'run-started',
        at,
        only: a % 4 === 0 ? IDS.slice(b % 4, 5 + (c % 4)) : null,
        limit: a % 3 === 0 ? 1 + (b % 4) : null,
      };
    case 'broken':
      return a % 3 === 0 ? { type: 'ledger-broken', at, text: 'tasks.md:3:1: this is no row' } : null;
    case 'edit':
      return edit(state, outside, at, move);
    case 'operator':
      return { type: 'operator', at, command: commandOf(state, move) };
    case 'stale': {
      const again = a % 2 === 0 ? outside.last : null;
      if (again !== null) return { ...again, at };
      const key = pick(outside.keys, b);
      if (key === undefined || state.effects.has(key)) return null;
      return { type: 'effect-ended', at, key, result: { kind: 'push', failure: null } };
    }
    case 'progress': {
      const key = pick([...state.effects.keys(), ...outside.keys], a);
      if (key === undefined) return null;
      if (b % 3 === 0) return { type: 'attempt-started', at, key };
      if (b % 3 === 1) return { type: 'attempt-progressed', at, key, tokens: c, costUsd: 0.1 };
      return { type: 'effect-failed', at, key, failure: failure('workspace') };
    }
    case 'answer': {
      const effect = pick([...state.effects.values()], a);
      if (effect === undefined) return null;
      outside.keys.push(effect.key);
      outside.last = { type: 'effect-ended', at, key: effect.key, result: resultOf(effect, b, c) };
      return outside.last;
    }
  }
}

function edit(state: State, { rows }: Outside, at: number, { a, b, c }: Move): Event {
  const before = new Map(rows);
  // The first edits fill the document; later ones change a row or two.
  for (let i = 0; i <= (rows.size < 3 ? 4 : a % 2); i += 1) editRow(rows, (a >> i) + i, b + i * 7, c + i * 13);
  const put = [...rows.values()].filter((row) => before.get(row.id) !== row);
  const gone = [...before.keys()].filter((id) => !rows.has(id));
  const inOrder = [...rows.values()].sort((x, y) => x.order - y.order);
  const names = (of: (row: TaskFact) => string | null) => [...new Set(inOrder.map(of).filter((name) => name !== null))];
  const phases = names((row) => row.phase);
  const activePhase = c % 17 === 0 ? (phases[0] ?? null) : c % 19 === 0 ? null : state.run.activePhase;
  return { type: 'ledger-observed', at, delta: { put, gone, groups: names((row) => row.group), phases, activePhase } };
}

function editRow(rows: Map<string, TaskFact>, a: number, b: number, c: number): void {
  const id = IDS[a % IDS.length] ?? 'A';
  const old = rows.get(id);
  if (old === undefined) {
    rows.set(id, fact(id, { order: IDS.indexOf(id), ...linksOf(b, c), ...(c % 11 === 0 ? wordOf(b) : {}) }));
    return;
  }
  switch (b % 6) {
    case 0:
      rows.delete(id);
      return;
    case 1:
    case 2:
      rows.set(id, { ...old, ...wordOf(c) });
      return;
    case 3:
      rows.set(id, { ...old, priority: c % 3, branch: c % 2 === 0 ? 'shared' : null });
      return;
    default:
      rows.set(id, { ...old, ...linksOf(b, c) });
  }
}

function wordOf(by: number): { word: LedgerWord; ledgerStatus: string } {
  const word = LEDGER_WORDS[by % LEDGER_WORDS.length] ?? 'open';
  // The table has no word of its own for what was cancelled: what is read back is `failed`.
  return { word: word === 'cancelled' ? 'failed' : word, ledgerStatus: TASK_TABLE.ledger.words[word] };
}

function linksOf(b: number, c: number): Partial<TaskFact> {
  // Cycles, missing ones and itself are possible, and rare.
  const others = [...IDS, 'missing'];
  const dependsOn = [b % 7, c % 12, (b >> 4) % 30].map((at) => others[at]).filter((id) => id !== undefined);
  return {
    dependsOn: b % 3 === 0 ? [...new Set(dependsOn)].slice(0, c % 3) : [],
    phase: [null, 'P1', 'P2'][c % 3] ?? null,
    group: ['G1', 'G2', null][b % 3] ?? null,
    parent: c % 5 === 0 ? (IDS[b % 8] ?? null) : null,
    kind: c % 4 === 0 ? 'feature' : null,
  };
}

function commandOf(state: State, { a, b, c }: Move): OperatorCommand {
  const id = pick([...state.tasks.keys(), 'nobody'], b) ?? 'nobody';
  const item = pick(openItems(state), c) ?? [...state.inbox.values()][0];
  if (a % 2 === 0 && item !== undefined) {
    const choice = pick(item.choices, b) ?? 'retry';
    if (choice === 'approve') return { do: 'approve', item: item.id };
    // biome-ignore lint/suspicious/noThenProperty: the command is named so; nobody awaits it.
    if (choice === 'stop' || choice === 'retry-failed') return { do: 'reject', item: item.id, then: choice, text: '' };
    return { do: 'answer', item: item.id, choice, text: 'so be it' };
  }
  const task = (['retry', 'skip', 'cancel', 'release'] as const)[c % 4] ?? 'retry';
  const run = (['pause', 'resume', 'drain', 'stop', 'resume'] as const)[c % 5] ?? 'resume';
  return a % 3 === 0 ? { do: run } : { do: task, task: id };
}

function resultOf(effect: Effect, b: number, c: number): Result {
  const isFine = b % 5 < 3;
  const bad = failure((['merge', 'workspace', 'gate', 'config', 'limit', 'lost'] as const)[c % 6] ?? 'merge');
  if (isFine && effect.kind !== 'attempt') return well(effect);
  switch (effect.kind) {
    case 'attempt':
      return {
        kind: 'attempt',
        end: ending(effect.task, isFine ? { report: flagged(effect.task) } : badEnd(effect.task, c)),
      };
    case 'gate':
      return c % 2 === 0
        ? { kind: 'gate', gates: [{ name: 'test', passed: false, ms: 1, output: 'red' }], failure: null }
        : { kind: 'gate', gates: [], failure: failure('gate', { code: c % 3 === 0 ? 'aborted' : 'broken' }) };
    case 'prepare':
      return { kind: 'prepare', failure: bad };
    case 'push':
      return { kind: 'push', failure: bad };
    case 'collect':
      return { kind: 'collect', commit: null, failure: bad };
    case 'candidate':
      return { kind: 'candidate', candidate: null, failure: bad };
    case 'advance':
      return c % 2 === 0
        ? { kind: 'advance', outcome: 'stale', failure: null }
        : { kind: 'advance', outcome: 'stale', failure: bad };
    case 'step':
      return { kind: 'step', failure: bad, text: 'it went wrong' };
    case 'record':
      return { kind: 'record', yielded: ['status'] };
    case 'cleanup':
      return { kind: 'cleanup' };
  }
}

const flagged = (id: string): AttemptEnd['report'] => report(id, { flags: { ready: true } });

function badEnd(id: string, c: number): Partial<AttemptEnd> {
  const ends: readonly Partial<AttemptEnd>[] = [
    { exitCode: 1 },
    { ending: 'stopped', exitCode: null },
    { ending: 'lost', exitCode: null },
    { ending: 'limit', exitCode: 1 },
    { ending: 'context', handoff: 'go on here' },
    { ending: 'refused', exitCode: null },
    { report: report(id, { status: 'blocked', notes: 'first the other', blockedBy: c % 2 === 0 ? ['A'] : [] }) },
    { report: report(id, { flags: { wrong: true } }) },
    { report: report(id, { status: 'failed' }) },
    { violations: [{ what: 'leak', path: 'x', text: 'it wrote x' }] },
    { work: work('c', { isChanged: false }) },
  ];
  return ends[(c >> 3) % ends.length] ?? {};
}
