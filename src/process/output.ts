import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';

/** Bytes in a file; 0 when it is missing. */
export function fileBytes(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last bytes of a file as text. What is not UTF-8 is shown as U+FFFD, as is a character that the cut went through. */
export function tailText(file: string, bytes: number): string {
  return readBytes(file, Math.max(0, fileBytes(file) - bytes), bytes).toString('utf8');
}

/** At most `length` bytes from `position`; fewer at the end, none when the file is missing. */
export function readBytes(file: string, position: number, length: number): Buffer {
  const size = Math.min(length, Math.max(0, fileBytes(file) - position));
  if (size === 0) return Buffer.alloc(0);
  const fd = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(size);
    let filled = 0;
    while (filled < size) {
      const count = readSync(fd, buffer, filled, size - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}

/**
 * Brings a file down to `limit` bytes (E15): its beginning and its end stay, and a line between them says that something
 * is missing. A program that appends meanwhile loses at most what it writes between two lines of this function. True
 * when something was cut.
 */
export function keepHeadAndTail(file: string, limit: number): boolean {
  if (fileBytes(file) <= limit) return false;
  // Opened for appending: what a running program has written since the cut must not be written over.
  const fd = openSync(file, 'a+');
  try {
    const { size } = fstatSync(fd);
    const note = Buffer.from(`\n[coxswain: output left out here; the limit is ${limit} bytes]\n`);
    const half = Math.max(0, Math.floor((limit - note.length) / 2));
    const tail = readBytes(file, size - half, half);
    ftruncateSync(fd, half);
    writeSync(fd, Buffer.concat([note, tail]));
    return true;
  } finally {
    closeSync(fd);
  }
}
