/** What a set of lives has met: `status:ready`, `move:ready>running`, `failure:gate`, ... with how often. */
export type Coverage = Map<string, number>;

export function cover(coverage: Coverage, kind: string, name: string): void {
  const key = `${kind}:${name}`;
  coverage.set(key, (coverage.get(key) ?? 0) + 1);
}

export function mergeCoverage(into: Coverage, from: Coverage): void {
  for (const [key, count] of from) into.set(key, (into.get(key) ?? 0) + count);
}
