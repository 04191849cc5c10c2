import { globMatches } from '../../core/glob.ts';
import type { Tally } from '../text/tally.ts';
import { isNothing, plain } from './values.ts';

/** Edges that patterns and ranges of one document may stand for, in all (E15). */
const MAX_EXPANDED = 1_000_000;

/** The ids of a document, by name and in order. */
export interface Ids {
  readonly list: readonly string[];
  readonly order: ReadonlyMap<string, number>;
  /** What a pattern stands for; the same ones are met again and again. */
  readonly expanded: Map<string, readonly number[]>;
  left: number;
  readonly tally: Tally;
}

export function idsOf(list: readonly string[], tally: Tally = { steps: 0 }): Ids {
  return { list, order: new Map(list.map((id, index) => [id, index])), expanded: new Map(), left: MAX_EXPANDED, tally };
}

/** One entry of a list cell: the rows it stands for, or what is wrong with it. */
export type Named = { readonly at: number; readonly text: string } & (
  | { readonly rows: readonly number[] }
  | { readonly wrong: string }
);

const TOKEN = /[^\s,;]+/g;
const BREAK = /<br[ \t]*\/?>/gi;
const THROUGH = /^(?:through|thru|to|\.{2,3}|…)$/i;

/**
 * Reads a list of ids: separated by commas, spaces or `<br>`; `MS-SEC-*` stands for every id it matches, `A..B` and
 * `A through B` for the numbers between, which must all exist (L1). Anything else is wrong, never guessed.
 */
export function readIds(cell: string, ids: Ids): readonly Named[] {
  if (isNothing(cell) && !ids.order.has(cell)) return [];
  const single = ids.order.get(cell);
  if (single !== undefined) return [{ at: 0, text: cell, rows: [single] }];
  // As long as it was, so that places stay true.
  const text = cell.includes('<') ? cell.replace(BREAK, (tag) => ','.repeat(tag.length)) : cell;
  const tokens = [...text.matchAll(TOKEN)];
  const named: Named[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const at = tokens[index]?.index ?? 0;
    const name = plain(tokens[index]?.[0] ?? '');
    const last = tokens[index + 2]?.[0];
    if (last !== undefined && THROUGH.test(tokens[index + 1]?.[0] ?? '')) {
      named.push({ at, ...through(name, plain(last), ids) });
      index += 2;
    } else {
      named.push({ at, ...entry(name, ids) });
    }
  }
  return named;
}

type Entry = { readonly text: string } & ({ readonly rows: readonly number[] } | { readonly wrong: string });

function entry(text: string, ids: Ids): Entry {
  const row = ids.order.get(text);
  if (row !== undefined) return { text, rows: [row] };
  if (text.includes('*')) return pattern(text, ids);
  const range = /^(.+?)(?:\.{2,3}|…)(.+)$/.exec(text);
  if (range) return through(range[1] ?? '', range[2] ?? '', ids);
  return { text, wrong: `"${text}" is no task of this ledger` };
}

function pattern(text: string, ids: Ids): Entry {
  const known = ids.expanded.get(text);
  if (known === undefined) ids.tally.steps += ids.list.length;
  const rows = known ?? ids.list.flatMap((id, index) => (globMatches(text, id) ? [index] : []));
  ids.expanded.set(text, rows);
  return bounded(text, rows, `"${text}" matches no task of this ledger`, ids);
}

/** `to` may be the bare number of the last one: `MS-SEC-001..010`. */
function through(from: string, to: string, ids: Ids): Entry {
  const text = `${from}..${to}`;
  const first = /^(.*?)(\d+)$/.exec(from);
  const last = /^(.*?)(\d+)$/.exec(to);
  const prefix = first?.[1] ?? '';
  const isRange = first && last && (last[1] === prefix || last[1] === '') && Number(first[2]) <= Number(last[2]);
  if (!isRange) return { text, wrong: `"${text}" is no range of ids with one prefix and rising numbers` };
  const count = Number(last[2]) - Number(first[2]) + 1;
  if (count > ids.list.length) return { text, wrong: `"${text}" spans ${count} ids, more than this ledger has` };
  const width = first[2]?.length ?? 0;
  const rows: number[] = [];
  for (let number = Number(first[2]); number <= Number(last[2]); number += 1) {
    const id = prefix + String(number).padStart(width, '0');
    const row = ids.order.get(id);
    if (row === undefined) return { text, wrong: `"${text}" includes "${id}", which is no task of this ledger` };
    rows.push(row);
  }
  return bounded(text, rows, `"${text}" is empty`, ids);
}

function bounded(text: string, rows: readonly number[], none: string, ids: Ids): Entry {
  if (rows.length === 0) return { text, wrong: none };
  ids.left -= rows.length;
  ids.tally.steps += rows.length;
  if (ids.left < 0) return { text, wrong: `"${text}" stands for more than ${MAX_EXPANDED} dependencies in all` };
  return { text, rows };
}
