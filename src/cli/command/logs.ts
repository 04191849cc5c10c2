import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JournalEntry } from '../../core/rows.ts';
import { attemptFolder } from '../../engine/project-files.ts';
import type { Store } from '../../port/store.ts';
import { readBytes } from '../../process/output.ts';
import { findDetached } from '../../process/spawn-detached.ts';
import { type Project, withProject } from '../assemble.ts';
import type { Call } from '../call.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { look } from '../read-model.ts';
import { escapeBlock, escapeLine } from '../render/escape.ts';
import { clockTime } from '../render/unit.ts';
import { unknownTask } from '../unknown-task.ts';

const LOOK_MS = 200;
const CHUNK_BYTES = 1 << 16;
/** As many entries as are printed without a task. */
const RECENT = 200;

export function run(call: Call): Promise<number> {
  const [id] = call.args;
  return withProject(call, id === undefined ? 'show the journal' : `show the log of ${id}`, (project, store) =>
    id === undefined ? journal(call, project, store) : output(call, project, store, id),
  );
}

async function journal({ terminal, options }: Call, project: Project, store: Store): Promise<number> {
  const last = (await store.load()).run?.seq ?? 0;
  let entries = await store.journal({ after: Math.max(0, last - RECENT) });
  if (options.json) {
    terminal.json({
      version: 1,
      entries: entries.map(({ seq, at, event, notes }) => ({ seq, at, type: event.type, notes })),
    });
    return EXIT.ok;
  }
  if (entries.flatMap(noteLines).length === 0) terminal.line('Nothing happened yet. `cox run` begins.');
  for (let seen = last; ; await pause(LOOK_MS)) {
    terminal.lines(entries.flatMap(noteLines));
    seen = entries.at(-1)?.seq ?? seen;
    if (!options.follow || !project.isHeld()) return EXIT.ok;
    entries = await store.journal({ after: seen });
  }
}

function noteLines({ at, notes }: JournalEntry): string[] {
  return notes.map(
    ({ task, text }) => `${clockTime(at)}  ${task === null ? '' : `${escapeLine(task)}  `}${escapeLine(text)}`,
  );
}

/** The newest attempt: what it printed, then what it said on stderr. */
async function output({ terminal, options }: Call, project: Project, store: Store, id: string): Promise<number> {
  const { state } = await look(project, store);
  if (!state.tasks.has(id)) throw unknownTask(`show the log of ${id}`, id, [...state.tasks.keys()]);
  const fence = newestAttempt(project.root, id);
  if (fence === null)
    throw new CliError(`show the log of ${id}`, 'it was not attempted yet', `see \`cox explain ${id}\``);
  const folder = attemptFolder(project.root, id, fence);
  const files = ['output.log', 'stderr.log'].map((name) => path.join(folder, name));
  if (options.json) {
    terminal.json({ version: 1, id, attempt: fence, folder, files: files.filter((file) => existsSync(file)) });
    return EXIT.ok;
  }
  terminal.line(terminal.style('dim', escapeLine(`${folder} (attempt ${fence})`)));
  const readers = files.map((file) => ({ file, position: 0, decoder: new TextDecoder() }));
  for (;;) {
    // Asked before the read, so that what came between the two is read once more.
    const isOver = !options.follow || findDetached(folder).state === 'ended' || !project.isHeld();
    for (const reader of readers) {
      for (let bytes = next(reader); bytes.length > 0; bytes = next(reader)) {
        reader.position += bytes.length;
        terminal.write(escapeBlock(reader.decoder.decode(bytes, { stream: true })));
      }
    }
    if (isOver) return EXIT.ok;
    await pause(LOOK_MS);
  }
}

function next({ file, position }: { file: string; position: number }): Buffer {
  return readBytes(file, position, CHUNK_BYTES);
}

function newestAttempt(root: string, id: string): number | null {
  const folder = path.dirname(attemptFolder(root, id, 1));
  if (!existsSync(folder)) return null;
  const fences = readdirSync(folder).filter(
    (name) => /^\d+$/.test(name) && existsSync(path.join(folder, name, 'prompt.md')),
  );
  return fences.length === 0 ? null : Math.max(...fences.map(Number));
}
