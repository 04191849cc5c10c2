import type { OperatorCommand } from '../core/event.ts';
import type { Changes, JournalEntry, Snapshot } from '../core/rows.ts';

/**
 * Where the state lives. One writer (the holder of the run lock) commits; any process may read and append commands.
 * Every adapter passes `storeConformance` in `src/testing`.
 */
export interface Store {
  load(): Promise<Snapshot>;
  /**
   * All or nothing, durable when it resolves. An entry that is not number last + 1 is refused: somebody else wrote.
   * `settled`: the command this event came from, settled in the same transaction, so that it is never taken twice (E2).
   */
  commit(changes: Changes, entry: JournalEntry, settled?: SettledCommand): Promise<void>;
  /** Entries with `seq > after`, oldest first, at most `limit`; only those about `task` when given. */
  journal(query: { readonly after?: number; readonly task?: string; readonly limit?: number }): Promise<JournalEntry[]>;
  /** Appends a command for the writer; returns its number. Safe from any process. */
  send(command: OperatorCommand, at: number): Promise<number>;
  /** Commands not yet taken, oldest first. */
  pendingCommands(): Promise<readonly PendingCommand[]>;
  /** Marks a command as handled, with what came of it (null: fine). The first outcome stays. */
  settleCommand(number: number, refusal: string | null): Promise<void>;
  /** How a sent command ended; undefined: not yet. */
  commandOutcome(number: number): Promise<{ readonly refusal: string | null } | undefined>;
  /** Changes whenever another process has written; cheap enough to ask on every tick. */
  dataVersion(): number;
  /** Small named texts of the shell (fingerprints, cached configuration), outside the core's state. */
  getMeta(name: string): Promise<string | null>;
  setMeta(name: string, value: string): Promise<void>;
  close(): Promise<void>;
}

export interface PendingCommand {
  readonly number: number;
  readonly command: OperatorCommand;
  readonly at: number;
}

export interface SettledCommand {
  readonly number: number;
  readonly refusal: string | null;
}

/**
 * - `disk-full`, `disk-failed`, `read-only`: the place where the state lives cannot be written or read.
 * - `busy`: another process held the file for too long.
 * - `damaged`, `not-ours`, `newer-schema`, `unopenable`: there is a file, and it is not one we can work with.
 * - `second-writer`: a commit that is not the next one; a broken invariant, nothing was stored.
 */
export type StoreErrorCode =
  | 'disk-full'
  | 'disk-failed'
  | 'read-only'
  | 'busy'
  | 'damaged'
  | 'not-ours'
  | 'newer-schema'
  | 'unopenable'
  | 'second-writer';

/** The state could not be kept or read. Its message is a sentence for people with a next step (I5). */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, text: string, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
  }
}

/** One holder at a time, over all processes; released by the operating system when the holder dies (DESIGN trap 13). */
export interface RunLock {
  readonly holder: LockHolder;
  release(): void;
}
export interface LockHolder {
  readonly pid: number;
  readonly since: number;
}
export type LockResult =
  | { readonly ok: true; readonly lock: RunLock }
  | { readonly ok: false; readonly holder: LockHolder | null };
