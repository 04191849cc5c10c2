import { idProblem } from '../core/names.ts';
import type { Rung } from '../core/playbook.ts';

const PLAIN = ['park', 'handoff', 'escalate', 'fail', 'stop'] as const;

/** For messages and suggestions. */
export const RUNGS = ['same-session', 'fresh', 'think:N', 'model:X', 'agent:X', 'back:STAGE', ...PLAIN] as const;

/**
 * A rung of the retry ladder (E9) from its word: `fresh`, `think:10K`, `back:review`, or several parts of a retry joined
 * by `+`: `same-session+think:20000`. `think`, `model` and `agent` alone mean a fresh session: what is different cannot
 * be changed inside one. undefined: not a rung.
 */
export function parseRung(word: string): Rung | undefined {
  const plain = PLAIN.find((known) => known === word);
  if (plain !== undefined) return { do: plain };
  const back = /^back:(.+)$/.exec(word)?.[1];
  if (back !== undefined) return idProblem(back) === null ? { do: 'back', stage: back } : undefined;
  return parseRetry(word.split('+'));
}

type Retry = Extract<Rung, { do: 'retry' }>;

function parseRetry(words: readonly string[]): Retry | undefined {
  let retry: Retry = { do: 'retry', session: 'fresh' };
  const seen = new Set<string>();
  for (const word of words) {
    const part = retryPart(word);
    if (part === undefined) return undefined;
    for (const key of Object.keys(part)) {
      if (seen.has(key)) return undefined;
      seen.add(key);
    }
    retry = { ...retry, ...part };
  }
  return retry;
}

function retryPart(word: string): Partial<Retry> | undefined {
  if (word === 'fresh') return { session: 'fresh' };
  if (word === 'same-session') return { session: 'same' };
  const [, key, value] = /^(think|model|agent):(\S{1,200})$/.exec(word) ?? [];
  if (key === undefined || value === undefined) return undefined;
  if (key === 'model') return { model: value };
  if (key === 'agent') return idProblem(value) === null ? { agent: value } : undefined;
  const [, digits, thousands] = /^(\d{1,7})(K?)$/i.exec(value) ?? [];
  return digits === undefined ? undefined : { think: Number(digits) * (thousands === '' ? 1 : 1000) };
}

/** The inverse of `parseRung`. */
export function spellRung(rung: Rung): string {
  if (rung.do === 'back') return `back:${rung.stage}`;
  if (rung.do !== 'retry') return rung.do;
  const parts = [
    rung.think === undefined ? [] : [`think:${rung.think}`],
    rung.model === undefined ? [] : [`model:${rung.model}`],
    rung.agent === undefined ? [] : [`agent:${rung.agent}`],
  ].flat();
  if (rung.session === 'same') return ['same-session', ...parts].join('+');
  return parts.length === 0 ? 'fresh' : parts.join('+');
}
