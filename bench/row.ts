import type { Sample } from './measure.ts';

/** One line of the table. `goal` says what was aimed at, `isMet` whether this run met it; null: no goal. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly spread: readonly [number, number] | null;
  readonly goal: string | null;
  readonly isMet: boolean | null;
}

export interface Bench {
  readonly name: string;
  run(): Promise<readonly Row[]>;
}

export function row(what: string, sample: Sample, unit: string): Row {
  return { what, value: sample.median, unit, spread: [sample.min, sample.max], goal: null, isMet: null };
}

export function figure(what: string, value: number, unit: string): Row {
  return { what, value, unit, spread: null, goal: null, isMet: null };
}

export function atMost(what: string, value: number, unit: string, goal: number): Row {
  return { what, value, unit, spread: null, goal: `<= ${goal}`, isMet: value <= goal };
}

export function atLeast(what: string, value: number, unit: string, goal: number): Row {
  return { what, value, unit, spread: null, goal: `>= ${goal}`, isMet: value >= goal };
}
