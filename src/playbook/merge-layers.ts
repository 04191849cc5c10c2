import type { Data } from './layer.ts';

/**
 * Where a map cannot be filled up from the file below when this key differs, because the key says what the others mean:
 * an agent of another kind keeps no `bin`, a ledger of another format no files. `*` is any name.
 */
const DECISIVE: Readonly<Record<string, string>> = { ledger: 'format', 'agents.*': 'kind', 'admission.phases': 'by' };

/** Taken whole from the upper file. */
const WHOLE: readonly string[] = ['reports.*', 'repos.*', 'issue', 'pr', 'notify'];

/** `upper` over `lower`: maps are merged key by key, everything else (lists too) is replaced. */
export function mergeLayers(lower: Data, upper: Data, path: readonly string[] = []): Data {
  const result: Data = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    if (value !== undefined) result[key] = mergeValue(lower[key], value, [...path, key]);
  }
  return result;
}

function mergeValue(lower: unknown, upper: unknown, path: readonly string[]): unknown {
  if (!isData(lower) || !isData(upper) || WHOLE.some((pattern) => matches(pattern, path))) return upper;
  const decisive = Object.entries(DECISIVE).find(([pattern]) => matches(pattern, path))?.[1];
  if (decisive !== undefined && upper[decisive] !== undefined && upper[decisive] !== lower[decisive]) return upper;
  return mergeLayers(lower, upper, path);
}

function matches(pattern: string, path: readonly string[]): boolean {
  const parts = pattern.split('.');
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
