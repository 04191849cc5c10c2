/** Written by people for "nothing": empty, a dash of any length, none. */
const NOTHING = /^(?:[-–—]*|none|n\/a)$/i;

export function isNothing(cell: string): boolean {
  return cell === '' || (cell.length < 6 && NOTHING.test(cell));
}

/** Where the plain text of a decorated value lies: `` `x` ``, `**x**`, `_x_`, `[x](target)`; nested or not. */
export function plainSpan(raw: string): { readonly start: number; readonly end: number } {
  let start = 0;
  let end = raw.length;
  for (;;) {
    const inner = raw.slice(start, end);
    const mark = /^(?:\*\*|__|[`*_])/.exec(inner)?.[0];
    if (mark !== undefined && inner.length > mark.length * 2 && inner.endsWith(mark)) {
      start += mark.length;
      end -= mark.length;
      continue;
    }
    const link = /^\[([^[\]]+)\]\([^()\s]*\)$/.exec(inner);
    if (link === null) return { start, end };
    start += 1;
    end = start + (link[1]?.length ?? 0);
  }
}

/** The value without decoration. */
export function plain(value: string): string {
  if (!/^[`*_[]/.test(value)) return value;
  const { start, end } = plainSpan(value);
  return value.slice(start, end);
}

/** `5K`, `4.2K`, `1.5M`, `900` as tokens (T1); null: not such a form. */
export function parseTokens(cell: string): number | null {
  const match = /^(\d+(?:\.\d+)?)[ \t]*([kKmM]?)$/.exec(cell);
  if (match === null) return null;
  const unit = match[2] === '' ? 1 : match[2]?.toLowerCase() === 'k' ? 1e3 : 1e6;
  return Math.round(Number(match[1]) * unit);
}

/** Tokens in the seed's form: `38.5K`, `5K`; below a thousand the plain number. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return String(Math.round(tokens));
  const isMillions = tokens >= 999_950;
  const amount = (tokens / (isMillions ? 1e6 : 1e3)).toFixed(1).replace(/\.0$/, '');
  return amount + (isMillions ? 'M' : 'K');
}

/** After every task that has a priority. */
export const UNRANKED = 1000;
const RANKS: Readonly<Record<string, number>> = { critical: 0, urgent: 0, high: 1, medium: 2, normal: 2, low: 3 };

/** `P1`, `2`, `high` as a rank, lower is sooner; null: not such a form. */
export function parsePriority(cell: string): number | null {
  const number = /^[pP]?(\d{1,3})$/.exec(cell)?.[1];
  return number === undefined ? (RANKS[cell.toLowerCase()] ?? null) : Number(number);
}

/** ISO 8601 to the second, in the zone that is `offsetMinutes` east of UTC: `2026-02-05T14:58:52-06:00`. */
export function formatTime(at: number, offsetMinutes: number): string {
  const local = new Date(Math.floor(at / 1000) * 1000 + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(offsetMinutes);
  const zone = `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${zone}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
