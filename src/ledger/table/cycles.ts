import type { Tally } from '../text/tally.ts';

/** Edges by row: the rows each one needs. */
export type Edges = readonly (readonly number[])[];

/**
 * Cycles with no member in common, at least one for every knot; members in order, each one needing the next, the one
 * that comes first in the document first. Iterative and linear: 100,000 rows may be one chain.
 */
export function findCycles(edges: Edges, tally: Tally = { steps: 0 }): readonly (readonly number[])[] {
  const state = new Uint8Array(edges.length);
  const next = new Uint32Array(edges.length);
  const place = new Uint32Array(edges.length);
  const isNamed = new Uint8Array(edges.length);
  const cycles: number[][] = [];
  const path: number[] = [];
  // Looking at one knot again and again could cost its square; the first cycle is always named.
  let left = edges.length * 4;
  for (let root = 0; root < edges.length; root += 1) {
    if (state[root] !== UNSEEN) continue;
    place[root] = path.push(root) - 1;
    state[root] = ON_PATH;
    for (let row = path.at(-1); row !== undefined; row = path.at(-1)) {
      const needed = edges[row]?.[next[row] ?? 0];
      next[row] = (next[row] ?? 0) + 1;
      tally.steps += 1;
      if (needed === undefined) {
        state[row] = LEFT;
        path.pop();
      } else if (state[needed] === UNSEEN) {
        state[needed] = ON_PATH;
        place[needed] = path.push(needed) - 1;
      } else if (state[needed] === ON_PATH && needed !== row && !isNamed[needed]) {
        const members = path.slice(place[needed]);
        left -= members.length;
        tally.steps += members.length;
        if (cycles.length > 0 && left < 0) return cycles;
        if (members.some((member) => isNamed[member])) continue;
        for (const member of members) isNamed[member] = 1;
        cycles.push(fromFirst(members));
      }
    }
  }
  return cycles;
}

const UNSEEN = 0;
const ON_PATH = 1;
const LEFT = 2;

function fromFirst(members: readonly number[]): number[] {
  const first = members.reduce((least, member) => Math.min(least, member), Number.POSITIVE_INFINITY);
  const at = members.indexOf(first);
  return [...members.slice(at), ...members.slice(0, at)];
}
