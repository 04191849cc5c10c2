import type { AgentEvent } from '../port/agent.ts';
import { fileBytes, keepHeadAndTail } from '../process/output.ts';
import type { ProcessTree } from '../process/tree.ts';
import type { AttemptFiles } from './attempt-files.ts';
import { followOutput } from './follow-output.ts';
import { type Usage, usageInLine } from './usage.ts';

// How long a flood may go unseen: at memory speed this is some hundred megabytes.
const LOOK_MS = 50;
// A walk over the whole process table. Only a process that empties its environment needs it, and none does so often.
const REMEMBER_MS = 2_000;
const TEXT_CHARACTERS = 4_000;

interface WatchOptions {
  readonly limitBytes: number;
  readonly tree: ProcessTree;
  readonly on: (event: AgentEvent) => void;
  /** Called once. */
  readonly onFlood: () => void;
}

/** Looks at a running attempt again and again: how much it printed, what it used, which descendants it has. */
export interface Watch {
  /** Reads the rest, cuts the output down to its limit, and tells what was used in all. */
  finish(): Usage;
  isFlooded(): boolean;
}

export function watchAttempt(files: AttemptFiles, { limitBytes, tree, on, onFlood }: WatchOptions): Watch {
  let usage: Usage = { tokens: 0, costUsd: 0 };
  let text = '';
  let isFlooded = false;
  let rememberedAt = performance.now();

  const follower = followOutput(files.output, (line) => {
    const used = usageInLine(line);
    if (used === null) text = `${text}${line}\n`.slice(-TEXT_CHARACTERS);
    else usage = { tokens: usage.tokens + used.tokens, costUsd: usage.costUsd + used.costUsd };
  });

  const tell = (read: () => void): void => {
    const before = usage;
    read();
    if (text !== '') on({ type: 'text', text });
    text = '';
    // What is new, as in the lines themselves: whoever listens adds it up.
    const [tokens, costUsd] = [usage.tokens - before.tokens, usage.costUsd - before.costUsd];
    if (usage !== before) on({ type: 'usage', tokens, costUsd });
  };

  const isOver = (): boolean => fileBytes(files.output) > limitBytes || fileBytes(files.stderr) > limitBytes;

  const look = (): void => {
    if (isFlooded) return;
    if (isOver()) {
      isFlooded = true;
      onFlood();
      return;
    }
    tell(follower.read);
    if (performance.now() - rememberedAt < REMEMBER_MS) return;
    rememberedAt = performance.now();
    tree.remember();
  };

  const timer = setInterval(look, LOOK_MS);
  const finish = (): Usage => {
    clearInterval(timer);
    isFlooded ||= isOver();
    if (isFlooded) for (const file of [files.output, files.stderr]) keepHeadAndTail(file, limitBytes);
    tell(follower.finish);
    return usage;
  };
  return { finish, isFlooded: () => isFlooded };
}
