import type { Effect } from '../core/effect.ts';
import type { OperatorCommand } from '../core/event.ts';
import type { TaskId } from '../core/fact.ts';
import type { Changes, GroupRow, InboxItem, JournalEntry, RunRow, Snapshot } from '../core/rows.ts';
import { groupKey } from '../core/state.ts';
import type { Task } from '../core/task.ts';
import type { PendingCommand, SettledCommand, Store } from '../port/store.ts';
import { byDocument, effectTask, entryEffectKey, entryTasks, parseJson } from './rows.ts';
import { secondWriter } from './store-error.ts';

/** What would be a file: several stores may be open over one, as processes are over a state file. */
export class Memory {
  /** Rows are kept as JSON, so that nobody shares an object with the store, and nothing is kept that a file could not. */
  run: string | null = null;
  readonly tasks = new Map<TaskId, string>();
  readonly groups = new Map<string, string>();
  readonly inbox = new Map<string, string>();
  readonly effects = new Map<string, { readonly task: TaskId | null; readonly json: string }>();
  readonly journal: { readonly tasks: ReadonlySet<TaskId>; readonly json: string }[] = [];
  readonly commands: { readonly json: string; readonly at: number; outcome?: { readonly refusal: string | null } }[] =
    [];
  readonly meta = new Map<string, string>();
  /** Writes by anyone. */
  writes = 0;
}

/**
 * The in-memory twin of the SQLite store, for simulations and tests.
 *
 * @example
 * const memory = new Memory();
 * const writer = openMemoryStore(memory);
 * const otherProcess = openMemoryStore(memory);
 */
export function openMemoryStore(memory = new Memory()): Store {
  return new MemoryStore(memory);
}

class MemoryStore implements Store {
  readonly #memory: Memory;
  #ownWrites = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  async load(): Promise<Snapshot> {
    const { run, tasks, groups, inbox, effects } = this.#memory;
    return {
      run: run === null ? null : parseJson<RunRow>(run),
      tasks: [...tasks.values()].map((json) => parseJson<Task>(json)).sort(byDocument),
      groups: [...groups.values()].map((json) => parseJson<GroupRow>(json)),
      inbox: [...inbox.values()].map((json) => parseJson<InboxItem>(json)),
      effects: [...effects.values()].map(({ json }) => parseJson<Effect>(json)),
    };
  }

  async commit(changes: Changes, entry: JournalEntry, settled?: SettledCommand): Promise<void> {
    const { journal, effects } = this.#memory;
    if (entry.seq !== journal.length + 1) throw secondWriter(entry.seq, journal.length);
    const key = entryEffectKey(entry);
    const tasks = entryTasks(entry, key === null ? null : (effects.get(key)?.task ?? null));
    const apply = prepare(changes);
    const json = JSON.stringify(entry);
    // All or nothing: everything that can fail is above this line.
    apply(this.#memory);
    journal.push({ tasks, json });
    if (settled) this.#settle(settled);
    this.#wrote();
  }

  async journal({ after = 0, task, limit }: Parameters<Store['journal']>[0]): Promise<JournalEntry[]> {
    const later = this.#memory.journal.slice(after);
    const about = task === undefined ? later : later.filter(({ tasks }) => tasks.has(task));
    return about.slice(0, limit).map(({ json }) => parseJson<JournalEntry>(json));
  }

  async send(command: OperatorCommand, at: number): Promise<number> {
    const number = this.#memory.commands.push({ json: JSON.stringify(command), at });
    this.#wrote();
    return number;
  }

  async pendingCommands(): Promise<readonly PendingCommand[]> {
    const numbered = this.#memory.commands.map((command, index) => ({ ...command, number: index + 1 }));
    return numbered
      .filter(({ outcome }) => outcome === undefined)
      .map(({ number, at, json }) => ({ number, at, command: parseJson<OperatorCommand>(json) }));
  }

  async settleCommand(number: number, refusal: string | null): Promise<void> {
    this.#settle({ number, refusal });
    this.#wrote();
  }

  async commandOutcome(number: number): Promise<{ readonly refusal: string | null } | undefined> {
    return this.#memory.commands[number - 1]?.outcome;
  }

  dataVersion(): number {
    return this.#memory.writes - this.#ownWrites;
  }

  async getMeta(name: string): Promise<string | null> {
    return this.#memory.meta.get(name) ?? null;
  }

  async setMeta(name: string, value: string): Promise<void> {
    this.#memory.meta.set(name, value);
    this.#wrote();
  }

  async close(): Promise<void> {}

  #settle({ number, refusal }: SettledCommand): void {
    const command = this.#memory.commands[number - 1];
    if (command) command.outcome ??= { refusal };
  }

  #wrote(): void {
    this.#memory.writes += 1;
    this.#ownWrites += 1;
  }
}

function prepare(changes: Changes): (memory: Memory) => void {
  const run = changes.run === null ? null : JSON.stringify(changes.run);
  const tasks = changes.tasks.map((task) => [task.id, JSON.stringify(task)] as const);
  const groups = changes.groups.map((group) => [groupKey(group.kind, group.name), JSON.stringify(group)] as const);
  const inbox = changes.inbox.map((item) => [item.id, JSON.stringify(item)] as const);
  const effects = changes.effects.map(
    (effect) => [effect.key, { task: effectTask(effect), json: JSON.stringify(effect) }] as const,
  );
  return (memory) => {
    if (run !== null) memory.run = run;
    replace(memory.tasks, changes.removedTasks, tasks);
    replace(memory.groups, changes.removedGroups, groups);
    replace(memory.inbox, [], inbox);
    replace(memory.effects, changes.endedEffects, effects);
  };
}

function replace<T>(rows: Map<string, T>, gone: readonly string[], put: readonly (readonly [string, T])[]): void {
  for (const key of gone) rows.delete(key);
  for (const [key, row] of put) rows.set(key, row);
}
