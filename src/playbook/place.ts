import type { Problem } from '../port/problem.ts';

/** Keys and indexes from the root of a document. */
export type Path = readonly (string | number)[];

/** Where the keys and values of one YAML file are, as offsets into its text. */
export class Places {
  readonly file: string;
  readonly #text: string;
  readonly #lineStarts: readonly number[];
  readonly #offsets = new Map<string, { key: number; value: number }>();

  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text;
    this.#lineStarts = lineStarts(text);
  }

  put(path: Path, key: number, value: number): void {
    this.#offsets.set(JSON.stringify(path), { key, value });
  }

  has(path: Path): boolean {
    return this.#offsets.has(JSON.stringify(path));
  }

  /** Of the key or value at `path`, or of the nearest thing around it that is there. */
  problem(path: Path, at: 'key' | 'value', code: string, text: string): Problem {
    const found = this.#offsets.get(JSON.stringify(path));
    if (found === undefined && path.length > 0) return this.problem(path.slice(0, -1), 'value', code, text);
    return this.problemAt(found?.[at] ?? 0, code, text);
  }

  problemAt(offset: number, code: string, text: string): Problem {
    return { severity: 'error', code, file: this.file, ...position(this.#text, this.#lineStarts, offset), text };
  }
}

/** 1-based; a column counts code points, and a byte order mark is none (law 4 of the ledgers holds here too). */
function position(text: string, starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  const before = text.slice(starts[low] ?? 0, offset).replace(/^\uFEFF/, '');
  return { line: low + 1, column: [...before].length + 1 };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: ending } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + ending.length);
  return starts;
}

/** Position of `offset` in a text that is not YAML, e.g. a prompt template. */
export function positionIn(text: string, offset: number): { line: number; column: number } {
  return position(text, lineStarts(text), offset);
}
