import process from 'node:process';
import { styleText } from 'node:util';
import { safeJson } from './render/escape.ts';

export type Style = Parameters<typeof styleText>[0];

/** The two streams of a command. Everything it prints goes through here, so that colour and width are decided once. */
export interface Terminal {
  line(text?: string): void;
  /** As it is, without a line break. */
  write(text: string): void;
  lines(texts: readonly string[]): void;
  /** One JSON value; over several lines for people, on one line with `compact`. */
  json(value: unknown, options?: { compact?: boolean }): void;
  problem(text: string): void;
  /** Honours NO_COLOR, FORCE_COLOR and a missing terminal. */
  style(format: Style, text: string): string;
  /** Columns; null: no terminal. */
  readonly width: number | null;
  readonly isInteractive: boolean;
  bell(): void;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, stdin } = process;
  // A reader that has seen enough (`cox list | head`) is no mistake of ours.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exitCode ??= 0;
  });
  return {
    line: (text = '') => void stdout.write(`${text}\n`),
    write: (text) => void stdout.write(text),
    lines: (texts) => void (texts.length > 0 && stdout.write(`${texts.join('\n')}\n`)),
    json: (value, options) => void stdout.write(`${safeJson(value, options?.compact ? undefined : 2)}\n`),
    problem: (text) => void stderr.write(`${text}\n`),
    style: (format, text) => styleText(format, text, { stream: stdout }),
    width: stdout.isTTY ? stdout.columns : null,
    isInteractive: stdout.isTTY === true && stdin.isTTY === true,
    bell: () => void (stdout.isTTY && stdout.write('\u0007')),
  };
}
