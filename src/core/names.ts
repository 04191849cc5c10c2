/**
 * What may be an id, a branch or a path when it comes out of a document (S1). Pure: no look at the disk. The sentences
 * are halves, made to follow a name: `branch "-f" starts with "-", which git would read as an option`.
 */

/** Bytes; an id becomes a folder and part of a ref, a file name holds 255. */
const MAX_ID = 100;
const MAX_BRANCH = 200;
const MAX_PATH = 1000;

/** Letters, digits and `. _ + -` between them: safe as folder, ref component, argument and placeholder at once. */
export function isSafeId(id: string): boolean {
  return idProblem(id) === null;
}

/** What is wrong with a task id; null: nothing. */
export function idProblem(id: string): string | null {
  if (id === '') return 'is empty';
  if (bytes(id) > MAX_ID) return `is longer than ${MAX_ID} bytes`;
  if (id !== id.normalize('NFC')) return 'is not in Unicode normal form C, so two spellings would look the same';
  const odd = /[^\p{L}\p{M}\p{N}._+-]/u.exec(id);
  if (odd) return `has ${spell(odd[0])}; only letters, digits and "._+-" are allowed`;
  if (!/^[\p{L}\p{N}]/u.test(id)) return 'does not start with a letter or digit';
  if (id.includes('..')) return 'has ".."';
  if (id.endsWith('.') || /\.lock$/i.test(id)) return 'ends with "." or ".lock", which git refuses in a ref';
  return null;
}

/** What is wrong with a branch name (git-check-ref-format, and no meaning to a shell or an option parser); null: nothing. */
export function branchProblem(branch: string): string | null {
  if (branch === '') return 'is empty';
  if (bytes(branch) > MAX_BRANCH) return `is longer than ${MAX_BRANCH} bytes`;
  if (branch.startsWith('-')) return 'starts with "-", which git would read as an option';
  const odd = /[\s\p{C}]/u.exec(branch);
  if (odd) return `has ${spell(odd[0])}`;
  const refused = /[~^:?*[\]\\;|&$<>(){}'"`!]/.exec(branch);
  if (refused) return `has ${spell(refused[0])}, which git or a shell would take for something else`;
  if (branch.includes('..')) return 'has ".."';
  if (branch.startsWith('/') || branch.endsWith('/') || branch.includes('//'))
    return 'has an empty part between slashes';
  if (branch.split('/').some((part) => part.startsWith('.'))) return 'has a part that starts with "."';
  if (branch.split('/').some((part) => /\.lock$/i.test(part))) return 'has a part that ends with ".lock"';
  if (branch.endsWith('.')) return 'ends with "."';
  if (branch === '@' || /^(?:HEAD|FETCH_HEAD|ORIG_HEAD|MERGE_HEAD)$/i.test(branch))
    return 'is a name git keeps for itself';
  if (/^refs\//i.test(branch)) return 'starts with "refs/"; the short name was expected';
  if (/^(?:heads|tags|remotes)\//i.test(branch))
    return `starts with "${branch.slice(0, branch.indexOf('/') + 1)}", which git reads as a place of its own`;
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(branch)) return 'looks like a commit';
  return null;
}

/** What is wrong with a name for a remote; null: nothing. A URL is none: git keeps it under a name. */
export function remoteProblem(remote: string): string | null {
  if (remote.includes(':') || remote.includes('/')) return 'is not the name of a remote, such as "origin"';
  return branchProblem(remote);
}

/**
 * What is wrong with a path relative to the project root (or to a repository); null: nothing. `mayLeave` allows leading
 * `..` (another repository beside this one), `mayBeRoot` allows `.`.
 */
export function pathProblem(path: string, options: { mayLeave?: boolean; mayBeRoot?: boolean } = {}): string | null {
  if (path === '') return 'is empty';
  if (bytes(path) > MAX_PATH) return `is longer than ${MAX_PATH} bytes`;
  const odd = /\p{C}/u.exec(path);
  if (odd) return `has ${spell(odd[0])}`;
  if (path.includes('\\')) return 'has "\\"; parts are separated by "/"';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute; a path inside the project was expected';
  if (path.startsWith('~')) return 'starts with "~", which is not expanded here';
  if (path.startsWith('-')) return 'starts with "-", which a program would read as an option';
  if (path.startsWith(':')) return 'starts with ":", which git would read as a pathspec';
  if (path === '.') return options.mayBeRoot ? null : 'is the project itself; a path inside it was expected';
  return partsProblem(path.split('/'), options.mayLeave === true);
}

function partsProblem(parts: readonly string[], mayLeave: boolean): string | null {
  const rest = mayLeave ? parts.slice(parts.findIndex((part) => part !== '..')) : parts;
  const own = mayLeave && parts.every((part) => part === '..') ? [] : rest;
  if (own.includes('..')) return mayLeave ? 'has ".." after a name' : 'leaves the project with ".."';
  if (own.includes('')) return 'has an empty part between slashes';
  if (own.includes('.')) return 'has a part "."';
  if (own.some(isGitFolder)) return 'is inside ".git"';
  return null;
}

/** Also the spellings that case-folding or Windows file systems take for `.git`. */
function isGitFolder(part: string): boolean {
  return /^(?:\.git|git~1)[ .]*$/i.test(part);
}

/** A character as people can read it: printable ones in quotes, the others by number. */
function spell(character: string): string {
  if (character === ' ') return 'a space';
  if (character === '\t') return 'a tab';
  if (character === '\n') return 'a line break';
  if (character === '"') return `'"'`;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\s\p{C}]/u.test(character) ? `the character U+${code}` : `"${character}"`;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
