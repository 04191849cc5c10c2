import { readBytes } from '../process/output.ts';

const CHUNK_BYTES = 1 << 20;
// A longer line is no usage line, and is not worth keeping in memory until it ends.
const LINE_BYTES = 1 << 16;

/** Reads a file that grows, line by line. */
export interface OutputFollower {
  /** Calls back with every line that was finished since, read from the file in pieces of bounded size. */
  read(): void;
  /** As `read`, and takes what is left as a last line. */
  finish(): void;
}

export function followOutput(file: string, onLine: (line: string) => void): OutputFollower {
  const decoder = new TextDecoder();
  let position = 0;
  let rest = '';
  const read = (): void => {
    for (;;) {
      const bytes = readBytes(file, position, CHUNK_BYTES);
      if (bytes.length === 0) return;
      position += bytes.length;
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_BYTES);
      for (const line of lines) onLine(line.trimEnd());
    }
  };
  const finish = (): void => {
    read();
    if (rest !== '') onLine(rest.trimEnd());
    rest = '';
  };
  return { read, finish };
}
