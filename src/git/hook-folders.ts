import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseConfig } from './config-text.ts';
import type { Repository } from './repository.ts';
import { git } from './run.ts';

/**
 * Where `core.hooksPath` leads, if it does not lead to versioned files: those change with every pull, and what is not
 * committed of them is found as a leak (O3).
 */
export async function hookFolders(repository: Repository): Promise<readonly string[]> {
  const { common } = repository;
  const text = await readFile(path.join(common, 'config'), 'utf8').catch(() => '');
  const named = parseConfig(text).get('core.hookspath');
  if (named === undefined || named === '') return [];
  const root = repository.isBare ? common : path.dirname(common);
  const folder = path.resolve(root, named.replace(/^"(.*)"$/, '$1').replace(/^~(?=\/)/, homedir()));
  // A folder that holds the repository is no folder of hooks.
  if (!path.relative(folder, common).startsWith('..')) return [];
  if (path.relative(root, folder).startsWith('..') || repository.isBare) return [folder];
  const known = await git(['ls-files', '-z', '--', folder], { cwd: root });
  return known.exitCode === 0 && known.stdout === '' ? [folder] : [];
}
