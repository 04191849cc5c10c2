/**
 * Counts what a parse looks at: lines, containers, cells, edges. A test compares the counts of small and large documents,
 * so that the work stays linear without a clock having to say so.
 */
export interface Tally {
  steps: number;
}
