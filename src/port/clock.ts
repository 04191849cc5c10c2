/** The only source of time outside tests. Epoch milliseconds. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`; returns the way to call it off. */
  after(ms: number, call: () => void): () => void;
}
