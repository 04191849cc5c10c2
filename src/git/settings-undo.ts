import path from 'node:path';
import { z } from 'zod';
import { changedSettings } from './config-text.ts';
import type { Guard } from './guard-file.ts';
import { writeJson } from './record.ts';
import { type Change, entryShape, textOf } from './settings.ts';
import { keepChanged, putBack } from './settings-restore.ts';
import type { Site } from './site.ts';

export const keptShape = z.object({
  version: z.literal(1),
  common: z.string(),
  folders: z.array(z.string()),
  entries: z.record(z.string(), entryShape),
  /** Put back already, and not told to an attempt yet. */
  notes: z.array(z.object({ what: z.literal('config'), path: z.string(), text: z.string() })),
});

/** What a keeper has on disk. */
export type Kept = z.infer<typeof keptShape>;

interface Undone {
  readonly site: Site;
  readonly file: string;
  readonly kept: Kept;
}

/** First the changed versions are safe, then the note that names them, then the old ones are put back: in any crash, no less. */
export async function undo({ site, file, kept }: Undone, guard: Guard, bad: readonly Change[]): Promise<Kept> {
  const folder = path.join(site.folder, 'rescued', guard.task, `${guard.fence}`, 'settings');
  const notes: Kept['notes'] = [];
  for (const change of bad) {
    const inside = path.relative(kept.common, change.file);
    const name = inside.startsWith('..') ? path.join('hooks-path', path.basename(change.file)) : inside;
    const aside = await keepChanged(change, folder, name);
    const isNewFolder = change.before === null && change.now?.kind === 'folder';
    if (!isNewFolder) notes.push(note(site, kept.common, change, aside));
  }
  const old = kept.notes.filter((each) => !notes.some(({ text }) => text === each.text));
  const told = { ...kept, notes: [...old, ...notes] };
  await writeJson(file, told);
  for (const change of bad.filter(({ before }) => before !== null)) await putBack(kept.common, change);
  // Children before their folders.
  for (const change of bad.filter(({ before }) => before === null).reverse()) await putBack(kept.common, change);
  return told;
}

function note(site: Site, common: string, { file, before, now }: Change, aside: string | null): Kept['notes'][number] {
  const name = path.relative(path.basename(common) === '.git' ? path.dirname(common) : common, file);
  const how = before === null ? 'added' : now === null ? 'removed' : 'changed';
  const keys = path.basename(file).startsWith('config') ? changedSettings(textOf(before), textOf(now)) : [];
  const which = keys.length === 0 ? '' : ` (${keys.join(', ')})`;
  const where = aside === null ? '' : ` The changed version is in ${path.relative(site.root, aside)}.`;
  const text = `${name} was ${how} while the attempt ran${which}; it was put back.${where} Settings and hooks of the repository are not the worker's: leave them alone. A person who changed them makes the change again when no attempt runs.`;
  return { what: 'config', path: name, text };
}
