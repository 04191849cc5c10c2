import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface CorpusFile {
  /** Format folder it lies in. */
  readonly folder: string;
  /** Relative to the corpus, for messages. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every document of the corpus, byte for byte; its own README is none of them. null: no corpus was named. */
export function readCorpus(): readonly CorpusFile[] | null {
  const root = process.env.COX_CORPUS;
  if (root === undefined || root === '') return null;
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((name) => name.includes(path.sep))
    .toSorted()
    .map((name) => ({ folder: name.split(path.sep)[0] ?? '', name, bytes: readFileSync(path.join(root, name)) }));
}

export type Counts = Readonly<Record<string, number>>;

/** Counts by folder, as a table for people. */
export function printCounts(title: string, byFolder: Readonly<Record<string, Counts>>): void {
  const columns = Object.keys(Object.values(byFolder)[0] ?? {});
  const lines = Object.entries(byFolder).map(
    ([folder, counts]) => folder.padEnd(30) + columns.map((column) => String(counts[column]).padStart(10)).join(''),
  );
  console.log(
    [`${title}`, ' '.repeat(30) + columns.map((column) => column.padStart(10)).join(''), ...lines].join('\n'),
  );
}

/** Counts that are lower than they were once; `rejected` is better low, and complained of when it rises. */
export function fallen(was: Readonly<Record<string, Counts>>, is: Readonly<Record<string, Counts>>): readonly string[] {
  return Object.entries(was).flatMap(([folder, counts]) =>
    Object.entries(counts).flatMap(([what, before]) => {
      const now = is[folder]?.[what] ?? 0;
      const isWorse = what === 'rejected' ? now > before : now < before;
      return isWorse ? [`${folder}: ${what} was ${before}, is ${now}`] : [];
    }),
  );
}
