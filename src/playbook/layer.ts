import type { Problem } from '../port/problem.ts';
import type { Path, Places } from './place.ts';
import { findings, valueAt } from './problem-text.ts';
import type { YamlFile } from './read-yaml.ts';
import { playbookJsonSchema, sourceSchema } from './schema.ts';
import { STATUS_WORDS } from './schema-ledger.ts';
import { ALIASES, type Alias } from './short-keys.ts';

export type Data = Record<string, unknown>;

/** One YAML file, checked on its own, its short keys moved to where the full form has them. */
export interface Layer {
  /** Of what this file is built upon: a built-in's name or a path; null: nothing. */
  readonly playbook: string | null;
  /** The full form, as far as this file writes it, without what is wrong. */
  readonly data: Data;
  readonly places: Places;
  readonly problems: readonly Problem[];
  /** Paths of the full form whose value was wrong and left out: what follows from that is no second mistake. */
  readonly dropped: readonly Path[];
  readonly aliases: readonly Alias[];
}

const jsonSchema = playbookJsonSchema();

export function readLayer(yaml: YamlFile): Layer {
  const { places } = yaml;
  const problems = [...yaml.problems];
  const empty: Layer = { playbook: null, data: {}, places, problems, dropped: [], aliases: [] };
  // A file of nothing but comments is an empty map: what is missing is said later, by name.
  const value = yaml.value === null ? {} : yaml.value;
  if (value === undefined) return empty;
  const parsed = sourceSchema.safeParse(value);
  const refused = unread(value);
  const all = parsed.success ? [] : findings(parsed.error.issues, value, jsonSchema);
  const found = all.filter(({ path }) => !refused.some((start) => startsWith(path, start)));
  problems.push(...found.map((one) => places.problem(one.path, one.at, one.code, one.text)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ...empty, dropped: [[]] };
  const data = structuredClone(value) as Data;
  for (const { path } of found) drop(data, path);
  const moved = moveShortKeys(data, places);
  problems.push(...moved.problems);
  const { playbook = null, ...rest } = data;
  const dropped = [...found.map(({ path }) => path), ...refused].map((path) => fullPath(path, moved.used));
  return {
    ...empty,
    playbook: playbook === null ? null : String(playbook),
    data: rest,
    problems,
    dropped,
    aliases: moved.used,
  };
}

/** Takes out what is wrong, so that the rest can still be checked. List entries keep their numbers. */
function drop(data: Data, path: Path): void {
  const around = valueAt(data, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof around !== 'object' || around === null || last === undefined) return;
  if (Array.isArray(around)) around[Number(last)] = undefined;
  else delete (around as Data)[String(last)];
}

/** Values the YAML reader refused. */
function unread(value: unknown, path: Path = []): Path[] {
  if (value === undefined) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    unread(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function moveShortKeys(data: Data, places: Places): { problems: Problem[]; used: Alias[] } {
  const problems: Problem[] = [];
  const used: Alias[] = [];
  for (const alias of ALIASES) {
    const value = valueAt(data, alias.short);
    if (value === undefined) continue;
    drop(data, alias.short);
    const moved =
      alias.full.join('.') === 'ledger.words'
        ? Object.entries(value as Data).map(statusWord)
        : [{ path: [] as Path, short: [] as Path, value }];
    for (const one of moved) {
      const full = [...alias.full, ...one.path];
      const short = [...alias.short, ...one.short];
      if (valueAt(data, full) === undefined) {
        put(data, full, one.value);
        used.push({ short, full });
      } else {
        problems.push(
          places.problem(
            short,
            'key',
            'contradiction',
            `"${short.join('.')}" says the same as "${full.join('.')}"; expected one of them`,
          ),
        );
      }
    }
  }
  // `merge: {mode: serial}` says what is so anyway.
  drop(data, ['merge', 'mode']);
  return { problems, used };
}

/** The seed's words for a status stand for ours (fixed names). */
function statusWord([word, value]: [string, unknown]): { path: Path; short: Path; value: unknown } {
  const ours = Object.hasOwn(STATUS_WORDS, word) ? STATUS_WORDS[word as keyof typeof STATUS_WORDS] : word;
  return { path: [ours], short: [word], value };
}

function put(data: Data, path: Path, value: unknown): void {
  let around: Data = data;
  for (const part of path.slice(0, -1)) {
    const inner = around[part];
    const next: Data = typeof inner === 'object' && inner !== null ? (inner as Data) : {};
    around[part] = next;
    around = next;
  }
  around[String(path.at(-1))] = value;
}

export function startsWith(path: Path, start: Path): boolean {
  return start.every((part, index) => path[index] === part);
}

/** Where the full form has what was written at `path`. */
function fullPath(path: Path, aliases: readonly Alias[]): Path {
  const alias = [...aliases, ...ALIASES].find(({ short }) => startsWith(path, short));
  return alias ? [...alias.full, ...path.slice(alias.short.length)] : path;
}

/** Where this file writes what the full form has at `path`; undefined: it does not. */
export function writtenPath(layer: Layer, path: Path): Path | undefined {
  for (const { short, full } of layer.aliases) {
    const written = [...short, ...path.slice(full.length)];
    if (startsWith(path, full) && layer.places.has(written)) return written;
  }
  return layer.places.has(path) ? path : undefined;
}
