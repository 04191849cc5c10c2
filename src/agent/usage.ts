/** What an attempt has used so far, by its own usage lines. */
export interface Usage {
  readonly tokens: number;
  readonly costUsd: number;
}

/**
 * A usage line of a program: `{"type":"usage","tokens":1200,"cost_usd":0.01}`, alone on its line of stdout. Each says
 * what was used since the one before; either number may be missing. null: the line is something else.
 */
export function usageInLine(line: string): Usage | null {
  if (!line.startsWith('{') || line.length > 1_000 || !line.includes('"usage"')) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'usage') return null;
  return {
    tokens: 'tokens' in value ? amount(value.tokens) : 0,
    costUsd: 'cost_usd' in value ? amount(value.cost_usd) : 0,
  };
}

function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
