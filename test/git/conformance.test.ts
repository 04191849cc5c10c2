import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../../src/port/workspace.ts';
import { workspaceConformance } from '../../src/testing/workspace-conformance.ts';
import { git, LEDGER, makeWorld, openWorld, read, refs, write } from './world.ts';

workspaceConformance('git', async () => {
  const world = await makeWorld();
  const writeAll = async (place: Place, files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) await write(place.root, name, text);
  };
  return {
    open: () => openWorld(world.folder).workspaces,
    ledger: LEDGER,
    write: writeAll,
    commit: async (place, files) => {
      await writeAll(place, files);
      // Past the sparse checkout, which would leave the ledger out without a word.
      await git(place.root, 'add', '--sparse', '--', ...Object.keys(files));
      await git(place.root, 'commit', '--quiet', '-m', 'Work');
      return git(place.root, 'rev-parse', 'HEAD');
    },
    read: async (folder, name) => (existsSync(path.join(folder, name)) ? read(folder, name) : null),
    remoteTip: async (branch) => (await refs(world.remote))[`refs/heads/${branch}`] ?? null,
    isKept: async (commit) => (await git(world.root, 'for-each-ref', '--contains', commit)) !== '',
    isSaved: async (name, text) => {
      const shown = Object.keys(await refs(world.root)).map((ref) =>
        git(world.root, 'show', `${ref}:${name}`).catch(() => ''),
      );
      return (await Promise.all(shown)).includes(text.trimEnd());
    },
    remove: async () => undefined,
  };
});
