import { chmod, cp, mkdir, open, rename, rm, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crashPoint } from '../process/crash-point.ts';
import { type Change, type Entry, readEntry } from './settings.ts';

/** Keeps the changed version below `folder`, the same one only once. Returns where; null: there is nothing to keep. */
export async function keepChanged({ file, before, now }: Change, folder: string, name: string): Promise<string | null> {
  // What is in a new folder is kept by itself.
  if (now === null || (now.kind === 'folder' && before === null)) return null;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let nth = 1; ; nth++) {
    const target = path.join(folder, nth === 1 ? name : `${name}.${nth}`);
    const there = await readEntry(target);
    if (there !== null && there.kind === now.kind && there.content === now.content) return target;
    if (there !== null) continue;
    await mkdir(path.dirname(target), { recursive: true });
    // What cannot be read can still be moved.
    await cp(file, target, { recursive: true, verbatimSymlinks: true }).catch(() => rename(file, target));
    return target;
  }
}

/** Makes the path what it was. A file is replaced in one step, so that no git ever finds it missing or half. */
export async function putBack(common: string, { file, before, now }: Change): Promise<void> {
  crashPoint('settings-restore:before');
  // A folder that is not empty has got something new meanwhile: that is for the next look.
  if (before === null && now?.kind === 'folder') await rmdir(file).catch(() => undefined);
  else if (before === null) await rm(file, { force: true });
  else if (before.kind === 'file') {
    if (now?.kind === 'folder') await rm(file, { recursive: true, force: true });
    await replaceFile(common, file, before);
  } else if (before.kind === 'folder') {
    if (now !== null && now.kind !== 'folder') await rm(file, { force: true });
    await mkdir(file, { recursive: true });
    await chmod(file, before.mode);
  } else if (before.kind === 'link') {
    await rm(file, { recursive: true, force: true });
    await symlink(before.content, file);
  }
  crashPoint('settings-restore:after');
}

async function replaceFile(common: string, file: string, before: Entry): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  // Git writes settings through this very name, and waits for nobody: whoever has it goes first, but not for ever.
  const isSettings = path.basename(file).startsWith('config');
  const draft = isSettings ? `${file}.lock` : path.join(common, 'coxswain-settings.new');
  const handle = await openDraft(draft, isSettings);
  try {
    await handle.writeFile(Buffer.from(before.content, 'base64'));
    await handle.chmod(before.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file).catch(async () => {
    // Another disk.
    await cp(draft, file);
    await rm(draft);
  });
}

const LOCK_TRIES = 50;

async function openDraft(draft: string, isLock: boolean) {
  for (let nth = 0; isLock && nth < LOCK_TRIES; nth++) {
    const handle = await open(draft, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return null;
    });
    if (handle !== null) return handle;
    await sleep(20);
  }
  // Left behind, or held to keep us out.
  await rm(draft, { recursive: true, force: true });
  return open(draft, 'wx', 0o600);
}
