import { fold } from './options.ts';

/** The columns of the seed (T1), then those we understand besides. Any other column is kept as a field. */
export const COLUMNS = [
  'id',
  'status',
  'description',
  'issue',
  'repo',
  'branch',
  'depends_on',
  'blocks',
  'agent',
  'started_at',
  'completed_at',
  'estimate',
  'used',
  'notes',
  'title',
  'priority',
  'phase',
  'kind',
  'labels',
] as const;

export interface ColumnMap {
  /** Canonical name of each column; extra columns have their folded header, numbered when it repeats. */
  readonly names: readonly string[];
  /** Headers as the document has them, folded. */
  readonly headers: readonly string[];
  /** Canonical name -> index. */
  readonly at: ReadonlyMap<string, number>;
  /** Canonical names that two columns claim, with the index of the second. */
  readonly doubled: readonly { readonly name: string; readonly index: number }[];
}

/**
 * Which column is which, by configured or canonical name, in any order (L1).
 *
 * @param configured `ledger.columns`: a configured name takes the place of the canonical one
 */
export function mapColumns(headers: readonly string[], configured: Readonly<Record<string, string>>): ColumnMap {
  const canonical = new Map<string, string>();
  for (const name of COLUMNS) if (configured[name] === undefined) canonical.set(name, name);
  for (const [name, header] of Object.entries(configured)) canonical.set(fold(header), name);
  const at = new Map<string, number>();
  const doubled: { name: string; index: number }[] = [];
  const claims = headers.map((header) => canonical.get(fold(header)));
  claims.forEach((name, index) => {
    if (name !== undefined && at.has(name)) doubled.push({ name, index });
    if (name !== undefined && !at.has(name)) at.set(name, index);
  });
  const used = new Set<string>(at.keys());
  const names = headers.map((header, index) => {
    const name = claims[index];
    if (name !== undefined && at.get(name) === index) return name;
    return unused(fold(header) || `column_${index + 1}`, used);
  });
  return { names, headers: headers.map(fold), at, doubled };
}

function unused(name: string, used: Set<string>): string {
  let free = name;
  for (let number = 2; used.has(free); number += 1) free = `${name}_${number}`;
  used.add(free);
  return free;
}
