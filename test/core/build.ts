import type { Effect, EffectKind } from '../../src/core/effect.ts';
import type { AttemptEnd, Event, OperatorCommand, Report, Result } from '../../src/core/event.ts';
import type { LedgerDelta, TaskFact } from '../../src/core/fact.ts';
import type { Failure } from '../../src/core/failure.ts';
import { createState, EMPTY_SNAPSHOT } from '../../src/core/load.ts';
import type { AgentStage, FailureClass, GateStage, LandStage, Playbook, Stage, Way } from '../../src/core/playbook.ts';
import type { Snapshot } from '../../src/core/rows.ts';
import { type State, snapshotOf } from '../../src/core/state.ts';
import { type StepResult, step } from '../../src/core/step.ts';
import type { Task } from '../../src/core/task.ts';
import { loadPlaybook } from '../../src/playbook/index.ts';

/** Builders for tests of the core: real playbooks, real states, no stand-ins of our own modules. */

const loaded = await loadPlaybook('task-table');
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
export const TASK_TABLE: Playbook = loaded.playbook;

type Overrides = {
  readonly [K in keyof Playbook]?: Playbook[K] extends readonly unknown[] ? Playbook[K] : Partial<Playbook[K]>;
};

/** `task-table` with some members of its sections said anew. */
export function playbook(overrides: Overrides = {}): Playbook {
  const merged: Record<string, unknown> = { ...TASK_TABLE };
  for (const [key, value] of Object.entries(overrides)) {
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    merged[key] = isSection ? { ...(merged[key] as object), ...value } : value;
  }
  return merged as unknown as Playbook;
}

function stageOfTable<D extends Stage['do']>(kind: D): Extract<Stage, { do: D }> {
  const stage = TASK_TABLE.ways[0]?.stages.find((candidate) => candidate.do === kind);
  if (stage === undefined) throw new Error(`task-table has no ${kind} stage`);
  return stage as Extract<Stage, { do: D }>;
}

export function agentStage(name: string, over: Partial<AgentStage> = {}): AgentStage {
  return { ...stageOfTable('agent'), name, ...over };
}

export function gateStage(name: string, over: Partial<GateStage> = {}): GateStage {
  return { ...stageOfTable('gate'), name, on: {}, ...over };
}

export function landStage(name: string, how: LandStage['how'], over: Partial<LandStage> = {}): LandStage {
  return { ...stageOfTable('land'), name, how, ...over };
}

export function way(name: string, stages: readonly Stage[], over: Partial<Way> = {}): Way {
  return { name, match: null, container: false, stages, ...over };
}

/** `A`, `B<A,C`: B depends on A and C. */
export function facts(...rows: readonly (string | Partial<TaskFact>)[]): TaskFact[] {
  return rows.map((row, order) => {
    const over = typeof row === 'string' ? parse(row) : row;
    return fact(over.id ?? `T${order}`, { order, ...over });
  });
}

function parse(row: string): Partial<TaskFact> {
  const [id = row, dependsOn] = row.split('<');
  return { id, dependsOn: dependsOn?.split(',') ?? [] };
}

export function fact(id: string, over: Partial<TaskFact> = {}): TaskFact {
  return {
    id,
    title: `Task ${id}`,
    dependsOn: [],
    word: 'open',
    ledgerStatus: TASK_TABLE.ledger.words[over.word ?? 'open'],
    order: 0,
    priority: 0,
    group: null,
    phase: null,
    parent: null,
    kind: null,
    labels: [],
    repo: null,
    branch: null,
    estimate: null,
    fields: {},
    ...over,
  };
}

function delta(put: readonly TaskFact[], over: Partial<LedgerDelta> = {}): LedgerDelta {
  const names = (of: (row: TaskFact) => string | null): string[] => [
    ...new Set(put.map(of).filter((name) => name !== null)),
  ];
  return {
    put,
    gone: [],
    groups: names((row) => row.group),
    phases: names((row) => row.phase),
    activePhase: null,
    ...over,
  };
}

/** The state of a project whose ledger was read; nothing runs yet. */
export function idle(book: Playbook, rows: readonly TaskFact[], over: Partial<LedgerDelta> = {}): State {
  const state = createState(book, EMPTY_SNAPSHOT);
  send(state, { type: 'ledger-observed', delta: delta(rows, over) });
  return state;
}

/** The same, with a run begun. */
export function running(book: Playbook, rows: readonly TaskFact[], over: Partial<LedgerDelta> = {}): State {
  const state = idle(book, rows, over);
  start(state);
  return state;
}

export function start(state: State, over: { only?: readonly string[]; limit?: number } = {}): StepResult {
  return send(state, { type: 'run-started', only: over.only ?? null, limit: over.limit ?? null });
}

type Untimed<E = Event> = E extends Event ? Omit<E, 'at'> : never;

/** One event, a second after the last one unless it says when. */
export function send(state: State, event: Untimed & { at?: number }): StepResult {
  return step(state, { ...event, at: event.at ?? state.run.now + 1000 } as Event);
}

export function observe(state: State, rows: readonly TaskFact[], over: Partial<LedgerDelta> = {}): StepResult {
  const { groups, phases, activePhase } = state.run;
  return send(state, { type: 'ledger-observed', delta: { put: rows, gone: [], groups, phases, activePhase, ...over } });
}

export function command(state: State, what: OperatorCommand): StepResult {
  return send(state, { type: 'operator', command: what });
}

export function tick(state: State, byMs = 1000): StepResult {
  return send(state, { type: 'tick', at: state.run.now + byMs });
}

export function task(state: State, id: string): Task {
  const found = state.tasks.get(id);
  if (found === undefined) throw new Error(`there is no task ${id}`);
  return found;
}

export function statuses(state: State): Record<string, string> {
  return Object.fromEntries([...state.tasks.values()].map(({ id, status }) => [id, status]));
}

export function inFlight(state: State): string[] {
  return [...state.tasks.values()].filter(({ flight }) => flight !== null).map(({ id }) => id);
}

export function effectOf<K extends EffectKind>(state: State, kind: K, id?: string): Extract<Effect, { kind: K }> {
  const found = [...state.effects.values()].find(
    (effect) => effect.kind === kind && (id === undefined || ('task' in effect && effect.task === id)),
  );
  if (found === undefined) throw new Error(`no ${kind} of ${id} is outstanding: ${[...state.effects.keys()]}`);
  return found as Extract<Effect, { kind: K }>;
}

export function end(state: State, key: string, result: Result): StepResult {
  return send(state, { type: 'effect-ended', key, result });
}

/** A result for an effect, or null to leave it outstanding; undefined: it goes well. */
export type Answers = (effect: Effect, state: State) => Result | null | undefined;

/** Ends outstanding effects, oldest first, until none is left that is answered. Says which, as `kind TASK`. */
export function drive(state: State, answers: Answers = () => undefined): string[] {
  const done: string[] = [];
  for (;;) {
    const next = [...state.effects.values()]
      .map((effect) => ({ effect, result: answers(effect, state) }))
      .find(({ result }) => result !== null);
    if (next === undefined) return done;
    if (done.length > 1000) throw new Error(`it never ends: ${done.slice(-20).join(', ')}`);
    const { effect } = next;
    done.push(`${effect.kind} ${'task' in effect ? effect.task : effect.of}`);
    end(state, effect.key, next.result ?? well(effect));
  }
}

/** Answers only these kinds (of this task); all others stay outstanding. */
export function only(kinds: readonly EffectKind[], id?: string): Answers {
  return (effect) => {
    const isMeant = kinds.includes(effect.kind) && (id === undefined || ('task' in effect && effect.task === id));
    return isMeant ? undefined : null;
  };
}

/** Drives until an attempt of this task is in flight, and says its key. */
export function untilAttempt(state: State, id: string): string {
  drive(state, (effect) => (effect.kind === 'attempt' || !('task' in effect) || effect.task !== id ? null : undefined));
  return effectOf(state, 'attempt', id).key;
}

/** How an effect ends when everything is fine. */
export function well(effect: Effect): Result {
  switch (effect.kind) {
    case 'record':
      return { kind: 'record', yielded: [] };
    case 'attempt':
      return { kind: 'attempt', end: ending(effect.task, { work: work(`c-${effect.task}-${effect.fence}`) }) };
    case 'gate':
      return { kind: 'gate', gates: [{ name: 'test', passed: true, ms: 5, output: '' }], failure: null };
    case 'collect':
      return { kind: 'collect', commit: `landed-${effect.task}`, failure: null };
    case 'candidate':
      return { kind: 'candidate', candidate: `m-${effect.task}`, failure: null };
    case 'advance':
      return { kind: 'advance', outcome: 'moved', failure: null };
    case 'cleanup':
      return { kind: 'cleanup' };
    case 'step':
      return { kind: 'step', failure: null, text: '' };
    case 'prepare':
      return { kind: 'prepare', failure: null };
    case 'push':
      return { kind: 'push', failure: null };
  }
}

export function work(
  head: string,
  over: Partial<NonNullable<AttemptEnd['work']>> = {},
): NonNullable<AttemptEnd['work']> {
  return { head, start: 'base', isChanged: true, claimProblem: null, ...over };
}

export function report(id: string | null, over: Partial<Report> = {}): Report {
  return {
    status: 'success',
    task: id,
    commit: null,
    usedTokens: null,
    notes: '',
    blockedBy: [],
    flags: {},
    ...over,
  };
}

/** An attempt that exited well and reported success. */
export function ending(id: string, over: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    ending: 'exited',
    exitCode: 0,
    text: 'it exited with status 0',
    evidence: 'tail',
    report: report(id),
    reportProblem: null,
    work: work(`c-${id}`),
    outputs: [],
    missingOutputs: [],
    violations: [],
    session: `s-${id}`,
    resetAt: null,
    handoff: null,
    tokens: 100,
    costUsd: 0.5,
    ...over,
  };
}

export function attemptEnd(id: string, over: Partial<AttemptEnd> = {}): Result {
  return { kind: 'attempt', end: ending(id, over) };
}

export function failure(kind: FailureClass, over: Partial<Failure> = {}): Failure {
  return { class: kind, code: `${kind}-code`, text: `${kind} went wrong`, evidence: `${kind} evidence`, ...over };
}

/** The rows as they would come out of a store. */
export function copyOf(state: State): Snapshot {
  return JSON.parse(JSON.stringify(snapshotOf(state)));
}

export function notes(result: StepResult): string[] {
  return (result.entry?.notes ?? []).map((note) => note.code);
}

/** Ends the attempts of a task one after the other, each as said, and drives everything else of it well. */
export function attempts(state: State, id: string, ends: readonly Partial<AttemptEnd>[]): void {
  for (const over of ends) end(state, untilAttempt(state, id), attemptEnd(id, over));
}
