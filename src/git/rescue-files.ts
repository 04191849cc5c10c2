import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { git, gitText } from './run.ts';
import type { StatusEntry } from './status.ts';
import { inTree, type Tree } from './tree.ts';

/** Above this a file is not written into the repository: it would stay there for every clone. */
const HUGE_BYTES = 100_000_000;

export interface IndexCopy {
  readonly tree: Tree;
  /** The file git uses instead of the worktree's own index. */
  readonly index: string;
  /** Where branches of repositories inside the worktree are kept. */
  readonly nested: string;
}

interface Taken {
  readonly mode: string;
  readonly sha: string;
  readonly path: string;
}

/**
 * Puts the files of a worktree, as they are, into a copy of its index. Returns what could not be taken. Paths are byte
 * strings throughout: a file name need not be UTF-8.
 */
export async function takeFiles(copy: IndexCopy, entries: readonly StatusEntry[]): Promise<string[]> {
  const found: Found = { gone: [], files: [], links: [], left: [] };
  for (const entry of entries) {
    for (const name of await filesOf(copy, entry.path)) await sort(copy.tree, name, found);
  }
  const shas = await hashFiles(
    copy.tree,
    found.files.map((file) => file.path),
  );
  const files = found.files.map((file, nth) => ({ ...file, sha: shas[nth] ?? null }));
  const links = await Promise.all(found.links.map((name) => hashLink(copy.tree, name)));
  const conflicted = entries.filter(({ isUnmerged }) => isUnmerged).map((entry) => entry.path);
  const taken = files.flatMap(({ sha, ...file }) => (sha === null ? [] : [{ ...file, sha }]));
  await removeFromIndex(copy, [...found.gone, ...conflicted]);
  await addToIndex(copy, [...taken, ...links]);
  return [...found.left, ...files.filter(({ sha }) => sha === null).map((file) => file.path)];
}

interface Found {
  readonly gone: string[];
  readonly files: { readonly path: string; readonly mode: string }[];
  readonly links: string[];
  readonly left: string[];
}

/** Sockets and pipes hold nothing to keep and are passed over, as git does. */
async function sort(tree: Tree, name: string, into: Found): Promise<void> {
  const file = bytePath(tree.root, name);
  const stat = await lstat(file).catch(() => null);
  if (stat === null) into.gone.push(name);
  else if (stat.isSymbolicLink()) into.links.push(name);
  else if (stat.isFile() && (stat.size > HUGE_BYTES || !(await isReadable(file)))) into.left.push(name);
  else if (stat.isFile()) into.files.push({ path: name, mode: stat.mode & 0o100 ? '100755' : '100644' });
}

/** A folder in the status is a repository inside the worktree: its branches are fetched, its files taken as plain files. */
async function filesOf(copy: IndexCopy, name: string): Promise<readonly string[]> {
  const plain = name.replace(/\/$/, '');
  const stat = await lstat(bytePath(copy.tree.root, plain)).catch(() => null);
  if (!stat?.isDirectory()) return [plain];
  await fetchNested(copy, plain);
  return walk(copy.tree, plain);
}

async function fetchNested(copy: IndexCopy, folder: string): Promise<void> {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const source = `${copy.tree.root}/${utf8(folder)}`;
  const refspecs = [`+refs/heads/*:${copy.nested}/${name}/heads/*`, `+HEAD:${copy.nested}/${name}/HEAD`];
  const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', source, ...refspecs];
  // A repository without a commit has nothing to fetch; its files are taken all the same.
  await git(args, { cwd: copy.tree.repository.common });
}

async function walk(tree: Tree, folder: string): Promise<readonly string[]> {
  const entries = await readdir(bytePath(tree.root, folder), { withFileTypes: true, encoding: 'buffer' }).catch(
    () => [],
  );
  const found = entries
    .map((entry) => ({ isFolder: entry.isDirectory(), name: entry.name.toString('latin1') }))
    .filter(({ name }) => name !== '.git')
    .map(async ({ isFolder, name }) => (isFolder ? walk(tree, `${folder}/${name}`) : [`${folder}/${name}`]));
  return (await Promise.all(found)).flat();
}

/** Blob ids in order; undefined where a file cannot be read. Filters of the repository apply unless one of them fails. */
async function hashFiles(tree: Tree, names: readonly string[]): Promise<readonly (string | undefined)[]> {
  if (names.length === 0) return [];
  const isOneLine = names.every((name) => !/[\n"]/.test(name));
  for (const filters of isOneLine ? [[], ['--no-filters']] : []) {
    const input = Buffer.from(`${names.join('\n')}\n`, 'latin1');
    const result = await git(['hash-object', '-w', ...filters, '--stdin-paths'], inTree(tree, { input }));
    const shas = result.stdout.trim().split('\n');
    if (result.exitCode === 0 && shas.length === names.length) return shas;
  }
  const shas: (string | undefined)[] = [];
  for (const name of names) {
    const content = await readFile(bytePath(tree.root, name)).catch(() => undefined);
    shas.push(content && (await hashBytes(tree, content)));
  }
  return shas;
}

async function hashLink(tree: Tree, name: string): Promise<Taken> {
  const target = await readlink(bytePath(tree.root, name), { encoding: 'buffer' });
  return { mode: '120000', sha: await hashBytes(tree, target), path: name };
}

async function hashBytes(tree: Tree, input: Uint8Array): Promise<string> {
  return (await gitText('Cannot save a file', ['hash-object', '-w', '--stdin'], inTree(tree, { input }))).trim();
}

async function removeFromIndex({ tree, index }: IndexCopy, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const input = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
  const call = inTree(tree, { env: { GIT_INDEX_FILE: index }, input });
  await gitText('Cannot save the files', ['update-index', '-z', '--force-remove', '--stdin'], call);
}

async function addToIndex({ tree, index }: IndexCopy, taken: readonly Taken[]): Promise<void> {
  if (taken.length === 0) return;
  const lines = taken.map(({ mode, sha, path: name }) => `${mode} ${sha}\t${name}\0`);
  const call = inTree(tree, { env: { GIT_INDEX_FILE: index }, input: Buffer.from(lines.join(''), 'latin1') });
  await gitText('Cannot save the files', ['update-index', '-z', '--add', '--replace', '--index-info'], call);
}

function isReadable(file: Buffer): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

function bytePath(root: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
}

export function utf8(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}
