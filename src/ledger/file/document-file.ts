import { constants, realpathSync } from 'node:fs';
import { access, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, normalize, relative, resolve, sep } from 'node:path';

/** Larger than any document of a million rows; more would not fit into one string (E15). */
const MAX_BYTES = 256 * 1024 * 1024;

/** A document that cannot be read or written: why, and what to do, for people. */
export class FileTrouble extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.name = 'FileTrouble';
    this.code = code;
  }
}

/** Where the document really is. A symbolic link is followed only inside the project (S1). */
export async function locate(root: string, file: string): Promise<string> {
  const home = await realpath(root);
  const path = await realpath(resolve(root, file)).catch((error: unknown) => {
    throw troubleOf(error, 'read');
  });
  if (!path.startsWith(home.endsWith(sep) ? home : home + sep)) {
    throw new FileTrouble('outside-project', 'the file is a link to a place outside of the project; move it inside');
  }
  return path;
}

/** Where a link leads, relative to the project root; null: the document is no link, or leads out of the project. */
export function targetOf(root: string, file: string): string | null {
  try {
    const target = relative(realpathSync(root), realpathSync(resolve(root, file)));
    return target === normalize(file) || target.startsWith('..') ? null : target;
  } catch {
    return null;
  }
}

/** Changes whenever the document may have changed; no reading. Never throws: a file that is gone has a stamp, too. */
export async function stampOf(root: string, file: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(resolve(root, file), { bigint: true });
    return `${mtimeNs}-${size}-${ino}`;
  } catch {
    return 'absent';
  }
}

export async function readDocument(path: string): Promise<Buffer> {
  try {
    const facts = await stat(path);
    // A pipe or a device could keep us waiting for ever.
    if (!facts.isFile())
      throw new FileTrouble('not-a-file', 'this is not a regular file; a Markdown document was expected');
    if (facts.size > MAX_BYTES) {
      throw new FileTrouble('too-large', `the file has ${facts.size} bytes; at most ${MAX_BYTES} are read`);
    }
    return await readFile(path);
  } catch (error) {
    throw troubleOf(error, 'read');
  }
}

/**
 * Puts `bytes` in the place of `expected`: temporary file in the same folder, fsync, rename, fsync of the folder; the
 * mode is kept. False: the file is no longer `expected`, and was left alone.
 *
 * @param onStep told before and after the rename, for crash tests
 */
export async function replaceDocument(
  path: string,
  expected: Uint8Array,
  bytes: Uint8Array,
  onStep: (step: 'before' | 'after') => void,
): Promise<boolean> {
  // One name for all times: what a crash leaves behind is overwritten by the next write.
  const temporary = join(dirname(path), `.${basename(path)}.cox-tmp`);
  try {
    await access(path, constants.W_OK);
    const { mode } = await stat(path);
    await writeSynced(temporary, bytes, mode & 0o7777);
    // As late as can be: what is written between here and the rename by a person would be lost.
    if (!(await readDocument(path)).equals(expected)) {
      await unlink(temporary);
      return false;
    }
    onStep('before');
    await rename(temporary, path);
    await syncFolder(dirname(path));
    onStep('after');
    return true;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw troubleOf(error, 'write');
  }
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  await unlink(path).catch(() => undefined);
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(bytes);
    // The umask took part in `open`.
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; make it, or name another one in "ledger.file"',
  ENOTDIR: 'a part of the path is no folder; name another file in "ledger.file"',
  ELOOP: 'the file is a link that leads to itself; a document was expected',
  EACCES: 'the file or its folder is not open to this user; change its permissions',
  EPERM: 'the file or its folder is not open to this user; change its permissions',
  EROFS: 'the file system is read-only; mount it for writing',
  ENOSPC: 'the disk is full; free some space, then run again',
  EDQUOT: 'the disk quota is used up; free some space, then run again',
  EISDIR: 'this is a folder; a Markdown document was expected',
};

function troubleOf(error: unknown, doing: 'read' | 'write'): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (error instanceof FileTrouble || code === null) return error;
  const reason = SENTENCES[code] ?? `the system says ${code}`;
  return new FileTrouble(code === 'ENOENT' ? 'no-file' : `cannot-${doing}`, `cannot ${doing} the file: ${reason}`);
}
