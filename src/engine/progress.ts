import { deadlockCause } from '../core/deadlock.ts';
import type { Effect } from '../core/effect.ts';
import type { Result } from '../core/event.ts';
import type { TaskId } from '../core/fact.ts';
import type { Failure } from '../core/failure.ts';
import type { JournalEntry, Outcome } from '../core/rows.ts';
import type { State } from '../core/state.ts';
import type { TaskStatus } from '../core/task.ts';

/** Hears what happens during a run, after it was committed. Must not throw, and must not change anything. */
export type EngineListener = (message: ProgressMessage) => void;

/** One line of `cox run --json`; `type` tells them apart. The last one of a run is `run-ended`. */
export type ProgressMessage =
  | JournalMessage
  | ({ readonly at: number } & EffectMessage)
  /** Something waits for a person (I6). */
  | { readonly type: 'asked'; readonly text: string }
  /** Told once; the run goes on. */
  | { readonly type: 'problem'; readonly text: string }
  | RunEndedMessage;

/** A note of the journal: `type` is its code (`dispatched`, `done`, `failed-gate`, `person-wins`, ...). */
export interface JournalMessage {
  readonly type: string;
  readonly at: number;
  /** Number of the journal entry, for `cox logs` and for programs that join later. */
  readonly seq: number;
  readonly task: TaskId | null;
  readonly text: string;
}

export type EffectMessage =
  | {
      readonly type: 'started';
      readonly task: TaskId;
      readonly stage: string;
      readonly agent: string;
      readonly fence: number;
    }
  | {
      readonly type: 'attempt-ended';
      readonly task: TaskId;
      readonly ending: string;
      readonly text: string;
      readonly tokens: number;
    }
  | {
      readonly type: 'gate';
      readonly task: TaskId;
      readonly gate: string;
      readonly passed: boolean;
      readonly ms: number;
    }
  | { readonly type: 'recorded'; readonly task: TaskId; readonly word: string }
  | { readonly type: 'landed'; readonly task: TaskId; readonly commit: string };

export interface RunEndedMessage {
  readonly type: 'run-ended';
  readonly at: number;
  readonly outcome: Outcome;
  /** Why it stopped, when it is not that all is done. */
  readonly text: string | null;
  readonly counts: Readonly<Record<TaskStatus, number>>;
}

/**
 * What one committed event has to tell.
 *
 * @param before The effect the event is about, as it was outstanding; undefined: it is about none.
 */
export function messagesOf(entry: JournalEntry, before: Effect | undefined): readonly ProgressMessage[] {
  const { at, seq, event, notes } = entry;
  const told = before === undefined ? [] : effectMessages(event, before).map((message) => ({ ...message, at }));
  // The end is told last of all, when everything the run started is gone.
  const noted = notes.filter(({ code }) => code !== 'run-ended');
  return [...told, ...noted.map(({ code, task, text }) => ({ type: code, at, seq, task, text }))];
}

/** @param refused Why the run could not begin and waits for a person; null: it began. */
export function endMessage(state: State, refused: Failure | null): RunEndedMessage {
  const { run, index } = state;
  const outcome = refused === null ? (run.outcome ?? 'interrupted') : 'waiting';
  const cause = outcome === 'deadlock' ? deadlockCause(state) : null;
  return {
    type: 'run-ended',
    at: run.now,
    outcome,
    text: refused?.text ?? run.halt?.text ?? run.brokenLedger?.text ?? cause?.text ?? null,
    counts: { ...index.counts },
  };
}

function effectMessages(event: JournalEntry['event'], effect: Effect): readonly EffectMessage[] {
  if (effect.kind === 'step') return [];
  if (event.type === 'attempt-started' && effect.kind === 'attempt') {
    const { task, stage, agent, fence } = effect;
    return [{ type: 'started', task, stage, agent, fence }];
  }
  return event.type === 'effect-ended' ? resultMessages(effect, event.result) : [];
}

function resultMessages(effect: Exclude<Effect, { kind: 'step' }>, result: Result): readonly EffectMessage[] {
  const { task } = effect;
  switch (result.kind) {
    case 'attempt': {
      const { ending, text, tokens } = result.end;
      return [{ type: 'attempt-ended', task, ending, text, tokens }];
    }
    case 'gate':
      return result.gates.map(({ name, passed, ms }) => ({ type: 'gate', task, gate: name, passed, ms }));
    case 'record':
      return effect.kind === 'record' ? [{ type: 'recorded', task, word: effect.change.word }] : [];
    case 'push':
    case 'collect':
    case 'advance':
      return result.failure === null && 'commit' in effect ? [{ type: 'landed', task, commit: effect.commit }] : [];
    case 'prepare':
    case 'candidate':
    case 'cleanup':
    case 'step':
      return [];
  }
}
