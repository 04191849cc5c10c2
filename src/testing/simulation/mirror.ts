import type { Changes, Snapshot } from '../../core/rows.ts';

/**
 * A store that keeps rows as text: what was not returned as changed is not there after a crash, and what JSON cannot
 * carry is lost, as with a real one.
 */
export interface Mirror {
  readonly run: string | null;
  readonly rows: Readonly<Record<Table, ReadonlyMap<string, string>>>;
  commit(changes: Changes): void;
  load(): Snapshot;
}
export type Table = 'tasks' | 'groups' | 'inbox' | 'effects';

export function createMirror(): Mirror {
  let run: string | null = null;
  const rows = {
    tasks: new Map<string, string>(),
    groups: new Map<string, string>(),
    inbox: new Map<string, string>(),
    effects: new Map<string, string>(),
  };
  return {
    get run() {
      return run;
    },
    rows,
    commit(changes) {
      if (changes.run !== null) run = JSON.stringify(changes.run);
      for (const id of changes.removedTasks) rows.tasks.delete(id);
      for (const key of changes.removedGroups) rows.groups.delete(key);
      for (const key of changes.endedEffects) rows.effects.delete(key);
      for (const task of changes.tasks) rows.tasks.set(task.id, JSON.stringify(task));
      for (const group of changes.groups) rows.groups.set(`${group.kind}:${group.name}`, JSON.stringify(group));
      for (const item of changes.inbox) rows.inbox.set(item.id, JSON.stringify(item));
      for (const effect of changes.effects) rows.effects.set(effect.key, JSON.stringify(effect));
    },
    load() {
      const parse = <T>(table: Table): T[] => [...rows[table].values()].map((json): T => JSON.parse(json));
      return {
        run: run === null ? null : JSON.parse(run),
        tasks: parse<Snapshot['tasks'][number]>('tasks').sort(
          (a, b) => a.fact.order - b.fact.order || (a.id < b.id ? -1 : 1),
        ),
        groups: parse('groups'),
        inbox: parse('inbox'),
        effects: parse('effects'),
      };
    },
  };
}
