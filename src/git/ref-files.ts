import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Tips of these refs, by full name, out of git's own files (gitrepository-layout(5)): a hundredth of what asking git
 * costs. A missing ref is left out. null: the files do not say it (reftables, a symbolic or broken ref), git must be asked.
 */
export function refsInFiles(common: string, names: readonly string[]): ReadonlyMap<string, string> | null {
  if (!hasRefFiles(common)) return null;
  const refs = new Map<string, string>();
  // The loose one first, as git does: one that is packed in between is then found packed.
  const packed = lazily(() => textOf(path.join(common, 'packed-refs')));
  for (const name of names) {
    if (!PLAIN.test(name) || name.includes('..')) return null;
    const loose = textOf(path.join(common, name));
    const list = loose.isThere ? null : packed();
    if (!loose.isReadable || list?.isReadable === false) return null;
    const tip = list === null ? loose.text.trimEnd() : packedTip(list.text, name);
    if (tip === null) continue;
    if (!SHA.test(tip) || /^0+$/.test(tip)) return null;
    refs.set(name, tip);
  }
  return refs;
}

const PLAIN = /^refs\/(?:heads|remotes|tags|coxswain)\/[^\0-\x20~^:?*[\\]+$/;
const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Where refs are kept otherwise, `HEAD` is a stand-in that says so. */
function hasRefFiles(common: string): boolean {
  const head = textOf(path.join(common, 'HEAD'));
  return head.isThere && head.isReadable && !head.text.includes('refs/heads/.invalid');
}

interface Text {
  readonly text: string;
  readonly isThere: boolean;
  /** False: it is there, and it cannot be told what it says. */
  readonly isReadable: boolean;
}

function textOf(file: string): Text {
  try {
    return { text: readFileSync(file, 'utf8'), isThere: true, isReadable: true };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // A folder under the name: refs whose names begin so. No ref can be there then.
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
    return { text: '', isThere: false, isReadable: isMissing };
  }
}

/** A line is `<sha> <name>`; null: it is not in the list. */
function packedTip(list: string, name: string): string | null {
  const end = list.indexOf(` ${name}\n`);
  return end < 0 ? null : list.slice(list.lastIndexOf('\n', end) + 1, end);
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
