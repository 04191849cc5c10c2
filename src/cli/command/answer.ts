import type { Call } from '../call.ts';
import { operate } from '../operate.ts';

export function run(call: Call): Promise<number> {
  const [item = '', choice = '', ...words] = call.args;
  const command = { do: 'answer', item, choice, text: words.join(' ') } as const;
  return operate(call, { command, act: `answer ${item}`, next: 'see `cox inbox`', needsRun: false });
}
