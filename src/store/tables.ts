import type { Generated, GeneratedAlways, Kysely, Transaction } from 'kysely';
import type { TaskStatus } from '../core/task.ts';

/**
 * The tables of a state file. A row is a few columns that are asked for, and `json` with the rest; nothing is in both.
 * Only types every SQL database has: text, integers, times as epoch milliseconds, truth as 0 and 1.
 */
export interface Tables {
  /** DESIGN trap 13: one row per task. */
  readonly tasks: TaskRecord;
  readonly run: { readonly id: 1; readonly json: string };
  /** `key` is the core's `groupKey`. `position`, here and below, keeps the order in which rows came. */
  readonly groups: { readonly position: GeneratedAlways<number>; readonly key: string; readonly json: string };
  readonly inbox: { readonly position: GeneratedAlways<number>; readonly id: string; readonly json: string };
  /** Outstanding ones only (E2). */
  readonly effects: {
    readonly position: GeneratedAlways<number>;
    readonly key: string;
    readonly task: string | null;
    readonly json: string;
  };
  readonly journal: { readonly seq: number; readonly at: number; readonly type: string; readonly json: string };
  /** Which entries are about which task. */
  readonly journal_tasks: { readonly task: string; readonly seq: number };
  readonly commands: {
    readonly number: GeneratedAlways<number>;
    readonly at: number;
    readonly json: string;
    readonly settled: Generated<0 | 1>;
    readonly refusal: Generated<string | null>;
  };
  readonly meta: { readonly name: string; readonly value: string };
}

export interface TaskRecord {
  readonly id: string;
  readonly status: TaskStatus;
  readonly ord: number;
  readonly priority: number;
  readonly open_deps: number;
  readonly fence: number;
  readonly stage: number;
  readonly depth: number;
  readonly is_last: 0 | 1;
  /** `TaskSummary` as JSON, made when the row is written, so that listing a crew costs no parsing. */
  readonly summary: string;
  readonly json: string;
}

export type Database = Kysely<Tables>;
export type Writing = Transaction<Tables>;
