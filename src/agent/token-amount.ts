const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000 };

/**
 * A number of tokens as agents write it (T1): `5200`, `"5,200"`, `"5.2K"`, `"~12k tokens"`. null: not a number of tokens.
 */
export function tokenAmount(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.round(value) : null;
  if (typeof value !== 'string' || value.length > 40) return null;
  const match = /^~?\s*(\d{1,15}(?:\.\d{1,6})?)\s*([km]?)(?:\s*tok(?:en)?s?)?$/i.exec(
    value.trim().replace(/(?<=\d)[,_](?=\d{3})/g, ''),
  );
  if (match === null) return null;
  return Math.round(Number(match[1]) * (FACTORS[(match[2] ?? '').toLowerCase()] ?? 1));
}
