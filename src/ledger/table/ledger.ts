import type { LedgerChange } from '../../core/effect.ts';
import type { TaskId } from '../../core/fact.ts';
import type { LedgerSpec, PhaseSpec } from '../../core/playbook.ts';
import type { Ledger, LedgerReading, RecordOutcome } from '../../port/ledger.ts';
import type { Problem } from '../../port/problem.ts';
import { readActivePhase } from '../file/active-phase.ts';
import { FileTrouble, locate, readDocument, replaceDocument, stampOf, targetOf } from '../file/document-file.ts';
import { type ChangeContext, wantedCells } from './change.ts';
import { emptyBase, mergeCells, rebase, remember } from './merge.ts';
import { type TableOptions, wordReader } from './options.ts';
import { parseTable, type TableText, withRow } from './table.ts';

export interface TableLedgerOptions {
  /** Root of the project. */
  readonly root: string;
  readonly spec: LedgerSpec;
  readonly phases: PhaseSpec;
  /** `git.base`; null: not checked. */
  readonly base: string | null;
  /** Names of `repos`; empty: any name is taken. */
  readonly repos: readonly string[];
  /** Minutes east of UTC at a moment; the zone of this machine unless told. */
  readonly offsetMinutes?: (at: number) => number;
  /** Told `ledger-write:before` and `ledger-write:after`: the crash points of a write. */
  readonly onStep?: (name: string) => void;
}

/** A person who saves again and again while we write is waited for this many times. */
const TRIES = 5;

/** The document and, of a link, what it leads to: both are only ours to write. A link out of the project is refused later. */
function namesOf(root: string, file: string): readonly string[] {
  const target = targetOf(root, file);
  return target === null ? [file] : [file, target];
}

/** A Markdown table of tasks in one file (L1, T1). */
export function openTableLedger(options: TableLedgerOptions): Ledger {
  const file = options.spec.files.file ?? 'docs/tasks.md';
  const { columns, words } = options.spec;
  const table: TableOptions = {
    file,
    columns,
    words,
    phases: options.phases,
    base: options.base,
    repos: options.repos,
  };
  const context: ChangeContext = {
    words,
    wordOf: wordReader(words),
    offsetMinutes: options.offsetMinutes ?? ((at) => -new Date(at).getTimezoneOffset()),
  };
  const notify = (step: string) => options.onStep?.(`ledger-write:${step}`);
  /** The document as last seen; spares reading the same bytes again. */
  let seen: TableText | null = null;
  const base = emptyBase();

  async function stamp(): Promise<string> {
    const files = options.phases.active === null ? [file] : [file, options.phases.active.file];
    return (await Promise.all(files.map((each) => stampOf(options.root, each)))).join(' ');
  }

  async function look(): Promise<TableText> {
    const bytes = await readDocument(await locate(options.root, file));
    if (seen === null || !seen.bytes.equals(bytes)) seen = parseTable(bytes, table);
    return seen;
  }

  async function read(): Promise<LedgerReading> {
    return await guarded(async () => {
      // Taken first: what is saved while we read gives another fingerprint later.
      const fingerprint = await stamp();
      const text = await look();
      if (text.model.errors.length > 0) return { ok: false, problems: text.model.errors };
      const { facts, groups, phases, warnings } = text.model;
      const active = await readActivePhase(options.root, options.phases, phases);
      if (!active.ok) return { ok: false, problems: [active.problem] };
      rebase(base, text.model);
      return { ok: true, fingerprint, facts, groups, phases, activePhase: active.phase, warnings };
    });
  }

  /** Writes go one after the other: two at once would take each other for a person. */
  let turn: Promise<unknown> = Promise.resolve();
  function record(task: TaskId, change: LedgerChange): Promise<RecordOutcome> {
    const outcome = turn.then(() => recordNow(task, change));
    turn = outcome.catch(() => undefined);
    return outcome;
  }

  async function recordNow(task: TaskId, change: LedgerChange): Promise<RecordOutcome> {
    return await guarded(async () => {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const text = await look();
        if (text.model.errors.length > 0) return { ok: false, problems: text.model.errors };
        const outcome = await write(text, task, change);
        if (outcome !== null) return outcome;
      }
      throw new FileTrouble(
        'busy',
        'the file changes faster than it can be written; run again when nobody is saving it',
      );
    });
  }

  /** null: the file changed under us. */
  async function write(text: TableText, task: TaskId, change: LedgerChange) {
    const place = text.model.rows.get(task);
    // Somebody took the row out: that is their word on it.
    if (place === undefined) return { ok: true, isChanged: false, yielded: ['row'] } as const;
    const wanted = wantedCells(place.row, change, context);
    const { writes, yielded } = mergeCells(base, place.row, wanted, change.seen);
    if (writes.size === 0) {
      remember(base, place.row, wanted, yielded);
      return { ok: true, isChanged: false, yielded } as const;
    }
    const after = withRow(text, task, writes, table);
    const path = await locate(options.root, file);
    if (!(await replaceDocument(path, text.bytes, after.bytes, notify))) return null;
    seen = after;
    remember(base, after.model.rows.get(task)?.row ?? place.row, wanted, yielded);
    return { ok: true, isChanged: true, yielded } as const;
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T | { ok: false; problems: readonly Problem[] }> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FileTrouble)) throw error;
      return {
        ok: false,
        problems: [{ severity: 'error', code: error.code, file, line: 1, column: 1, text: error.message }],
      };
    }
  }

  return { files: namesOf(options.root, file), fingerprint: stamp, read, record };
}
