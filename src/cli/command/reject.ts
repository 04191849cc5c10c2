import type { Call } from '../call.ts';
import { operate } from '../operate.ts';

export function run(call: Call): Promise<number> {
  const [item = '', ...words] = call.args;
  const then = call.options.retryFailed ? 'retry-failed' : 'stop';
  const command = { do: 'reject', item, then, text: words.join(' ') } as const;
  return operate(call, { command, act: `reject ${item}`, next: 'see `cox inbox`', needsRun: false });
}
