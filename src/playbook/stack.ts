import type { Problem } from '../port/problem.ts';
import { type Layer, startsWith, writtenPath } from './layer.ts';
import type { Path } from './place.ts';
import { findings, spellPath } from './problem-text.ts';
import { type Full, fullShape } from './schema.ts';

/** Sections of the full form that could be read; the others have mistakes of their own. */
export type Sections = Partial<Full>;

/** The files of one configuration, lowest first, and where each part of the merged full form was written. */
export class Stack {
  readonly #layers: readonly Layer[];
  readonly problems: Problem[] = [];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  /**
   * Adds a problem at the uppermost file that writes `path`, or at what is around it there; unless what is there was
   * already said to be wrong.
   */
  add(path: Path, code: string, text: string, at: 'key' | 'value' = 'value'): void {
    if (this.isDropped(path)) return;
    for (let start = path; start.length > 0; start = start.slice(0, -1)) {
      const found = this.#writer(start);
      if (found === undefined) continue;
      const exact = start.length === path.length;
      this.problems.push(found.layer.places.problem(found.written, exact ? at : 'value', code, text));
      return;
    }
    const top = this.#layers.at(-1);
    if (top) this.problems.push(top.places.problem([], 'value', code, text));
  }

  /** The path as it was written, for sentences: `limit` rather than `admission.limit`. */
  spell(path: Path): string {
    return spellPath(this.#writer(path)?.written ?? path);
  }

  /** Whether a file above the defaults writes it; `above`: above that many more, so 1 leaves out a built-in playbook. */
  isWritten(path: Path, above = 0): boolean {
    const found = this.#writer(path);
    return found !== undefined && this.#layers.indexOf(found.layer) > above;
  }

  /** Reads the merged data section by section, so that a mistake in one leaves the others to be checked. */
  sections(data: Readonly<Record<string, unknown>>): Sections {
    const sections: Record<string, unknown> = {};
    for (const [key, schema] of Object.entries(fullShape)) {
      const value = Object.hasOwn(data, key) ? data[key] : undefined;
      const parsed = schema.safeParse(value);
      if (parsed.success) {
        sections[key] = parsed.data;
        continue;
      }
      for (const { path, at, code, text } of findings(parsed.error.issues, data, null, [key])) {
        // What is missing because it was wrong and left out was told already.
        if (!this.#isDroppedBelow(path)) this.add(path, code, text, at);
      }
    }
    return sections as Sections;
  }

  /** Whether what is at or around `path` was already said to be wrong. */
  isDropped(path: Path): boolean {
    return this.#layers.some(({ dropped }) => dropped.some((known) => startsWith(path, known)));
  }

  #isDroppedBelow(path: Path): boolean {
    return this.#layers.some(({ dropped }) => dropped.some((known) => startsWith(known, path)));
  }

  #writer(path: Path): { layer: Layer; written: Path } | undefined {
    for (const layer of this.#layers.toReversed()) {
      const written = writtenPath(layer, path);
      if (written !== undefined) return { layer, written };
    }
    return undefined;
  }
}
