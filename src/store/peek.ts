import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { OrderKey } from '../core/playbook.ts';
import type { TaskStatus } from '../core/task.ts';
import { checkSchema } from './header.ts';
import { parseJson } from './rows.ts';
import { explainStoreError } from './store-error.ts';
import type { TaskSummary } from './summary.ts';
import { SCHEMA_VERSION } from './version.ts';

/**
 * A look at the state by a command that only prints: nothing is written or migrated, no state is built up, and neither a
 * query builder nor a schema library is loaded, since starting those costs more than the question.
 */
export interface Peek {
  /** `TaskSummary` as JSON, one a task, to be printed as it is. */
  taskTexts(query: TaskQuery): string[];
  tasks(query: TaskQuery): TaskSummary[];
  meta(name: string): string | null;
  close(): void;
}

export interface TaskQuery {
  readonly statuses: readonly TaskStatus[];
  /** As in the playbook. Default: priority. What the core puts before and after these keys is added (`rankOf`). */
  readonly order?: readonly PeekOrder[];
}

/** Those order keys that a row alone can answer. */
export type PeekOrder = Exclude<OrderKey, 'blockers' | 'current-parent'>;

export function isPeekOrder(key: OrderKey): key is PeekOrder {
  return key in orderings;
}

/**
 * Opens a state file for reading.
 *
 * @returns undefined: there is no state yet, or it is of an older schema; `openSqliteStore` makes or migrates it.
 * @throws {StoreError} for a file that cannot be used.
 * @example
 * const peek = openPeek('/project/.coxswain/state.db');
 * const ready = peek?.taskTexts({ statuses: ['ready'] }) ?? [];
 * process.stdout.write(`[${ready.join(',')}]`);
 */
export function openPeek(file: string): Peek | undefined {
  if (!existsSync(file)) return undefined;
  return explained(file, () => {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    try {
      if (checkSchema(database, file, SCHEMA_VERSION) === SCHEMA_VERSION) return peekInto(database, file);
      database.close();
      return undefined;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

const BUSY_MS = 5_000;

function peekInto(database: DatabaseSync, file: string): Peek {
  const taskTexts = ({ statuses, order = ['priority'] }: TaskQuery): string[] => {
    const places = statuses.map(() => '?').join(', ');
    const by = ['is_last', 'fence = 0', ...order.map((key) => orderings[key]), 'ord', 'id'].join(', ');
    const query = `select summary from tasks where status in (${places}) order by ${by}`;
    return explained(file, () => {
      const statement = database.prepare(query);
      statement.setReturnArrays(true);
      // Declared as an array of records whatever was set.
      return statement.all(...statuses).map((row) => text(Object.values(row)[0]));
    });
  };
  return {
    taskTexts,
    tasks: (query) => explained(file, () => taskTexts(query).map((summary) => parseJson<TaskSummary>(summary))),
    meta: (name) =>
      explained(file, () => {
        const row = database.prepare('select value from meta where name = ?').get(name);
        return row ? text(row.value) : null;
      }),
    close: () => database.close(),
  };
}

const orderings: Record<PeekOrder, string> = {
  priority: 'priority',
  'critical-path': 'depth desc',
  document: 'ord',
  'nearest-done': 'stage desc',
  id: 'id',
};

function text(value: SQLOutputValue | undefined): string {
  return typeof value === 'string' ? value : String(value);
}

function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainStoreError(error, file);
  }
}
