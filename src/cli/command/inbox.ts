import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import { escapeBlock } from '../render/escape.ts';
import { inboxLines } from '../render/inbox.ts';
import { withLook } from '../with-look.ts';

/** What waits for a person, oldest first. */
export function run(call: Call): Promise<number> {
  return withLook(call, 'show the inbox', ({ state }) => {
    const { terminal, options } = call;
    const items = [...state.inbox.values()].filter((item) => options.all || item.closedAt === null);
    if (options.json) terminal.json({ version: 1, items });
    else if (items.length === 0) terminal.line('Nothing waits for you.');
    else for (const item of items) terminal.line(escapeBlock(inboxLines(item).join('\n')));
    return EXIT.ok;
  });
}
