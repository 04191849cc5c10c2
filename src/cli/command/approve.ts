import type { Call } from '../call.ts';
import { operate } from '../operate.ts';

export function run(call: Call): Promise<number> {
  const [item = ''] = call.args;
  return operate(call, {
    command: { do: 'approve', item },
    act: `approve ${item}`,
    next: 'see `cox inbox`',
    needsRun: false,
  });
}
