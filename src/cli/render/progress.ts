import type { Progress } from '../../core/view.ts';
import { tokens } from './unit.ts';

/** `3/8 done, 12K of 40K estimated, 0.42 USD`. */
export function progressText({ done, total, usedTokens, estimatedTokens, costUsd }: Progress): string {
  const parts = [`${done}/${total} done`];
  if (estimatedTokens > 0) parts.push(`${tokens(usedTokens)} of ${tokens(estimatedTokens)} estimated`);
  else if (usedTokens > 0) parts.push(`${tokens(usedTokens)} tokens`);
  if (costUsd > 0) parts.push(`${costUsd.toFixed(2)} USD`);
  return parts.join(', ');
}
