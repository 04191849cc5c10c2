import { createState } from '../core/load.ts';
import type { Playbook } from '../core/playbook.ts';
import type { Changes, Snapshot } from '../core/rows.ts';
import { groupKey, type State } from '../core/state.ts';
import type { Task } from '../core/task.ts';
import type { Store } from '../port/store.ts';

/** A store that remembers what a run stored in it, so that the run's views need no second look at the disk. */
export interface WatchedStore {
  readonly store: Store;
  /** The state as it was last committed. Builds indexes: for views, not for each event. */
  state(playbook: Playbook): State;
  task(id: string): Readonly<Task> | undefined;
  readonly size: number;
}

export function watchStore(store: Store): WatchedStore {
  let run: Snapshot['run'] = null;
  const tasks = new Map<string, Task>();
  const groups = new Map<string, Snapshot['groups'][number]>();
  const inbox = new Map<string, Snapshot['inbox'][number]>();
  const effects = new Map<string, Snapshot['effects'][number]>();

  const take = (rows: Omit<Changes, 'removedTasks' | 'removedGroups' | 'endedEffects'> | Snapshot): void => {
    run = rows.run ?? run;
    for (const row of rows.tasks) tasks.set(row.id, row);
    for (const row of rows.groups) groups.set(groupKey(row.kind, row.name), row);
    for (const row of rows.inbox) inbox.set(row.id, row);
    for (const row of rows.effects) effects.set(row.key, row);
  };

  const watched: Store = {
    async load() {
      const snapshot = await store.load();
      take(snapshot);
      return snapshot;
    },
    async commit(changes, entry, settled) {
      await store.commit(changes, entry, settled);
      take(changes);
      for (const id of changes.removedTasks) tasks.delete(id);
      for (const key of changes.removedGroups) groups.delete(key);
      for (const key of changes.endedEffects) effects.delete(key);
    },
    journal: (query) => store.journal(query),
    send: (command, at) => store.send(command, at),
    pendingCommands: () => store.pendingCommands(),
    settleCommand: (number, refusal) => store.settleCommand(number, refusal),
    commandOutcome: (number) => store.commandOutcome(number),
    dataVersion: () => store.dataVersion(),
    getMeta: (name) => store.getMeta(name),
    setMeta: (name, value) => store.setMeta(name, value),
    close: () => store.close(),
  };

  return {
    store: watched,
    task: (id) => tasks.get(id),
    get size() {
      return tasks.size;
    },
    // The rows belong to the run, and a state changes its rows: hence the copy.
    state: (playbook) =>
      createState(
        playbook,
        structuredClone({
          run,
          tasks: [...tasks.values()],
          groups: [...groups.values()],
          inbox: [...inbox.values()],
          effects: [...effects.values()],
        }),
      ),
  };
}
