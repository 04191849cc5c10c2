import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LedgerWord, PhaseSpec } from '../../src/core/playbook.ts';
import { openTableLedger } from '../../src/ledger/table/ledger.ts';
import { NO_PHASES, TABLE_WORDS, type TableOptions } from '../../src/ledger/table/options.ts';
import { parseTable, renderTable } from '../../src/ledger/table/table.ts';
import type { Ledger } from '../../src/port/ledger.ts';
import type { Documents, LedgerPlace } from '../../src/testing/ledger-conformance.ts';

export const FILE = 'docs/tasks.md';

export interface Settings {
  readonly columns?: Readonly<Record<string, string>>;
  readonly words?: Readonly<Record<LedgerWord, string>>;
  readonly phases?: PhaseSpec;
  readonly base?: string | null;
  readonly repos?: readonly string[];
  readonly onStep?: (step: string) => void;
}

export function tableOptions(settings: Settings = {}): TableOptions {
  return {
    file: FILE,
    columns: settings.columns ?? {},
    words: settings.words ?? TABLE_WORDS,
    phases: settings.phases ?? NO_PHASES,
    base: settings.base === undefined ? 'main' : settings.base,
    repos: settings.repos ?? [],
  };
}

export function openAt(root: string, settings: Settings = {}): Ledger {
  const { columns, words, phases, base, repos } = tableOptions(settings);
  return openTableLedger({
    root,
    spec: {
      format: 'table',
      files: { file: FILE },
      columns,
      words,
      places: {},
      sync: { commit: 'never', push: false },
    },
    phases,
    base,
    repos,
    offsetMinutes: () => -360,
    ...(settings.onStep ? { onStep: settings.onStep } : {}),
  });
}

/** A project folder with nothing but the ledger's document in it. */
export async function tablePlace(
  documents: Documents,
  settings: Settings = {},
): Promise<LedgerPlace & { readonly root: string }> {
  const root = mkdtempSync(path.join(tmpdir(), 'cox-ledger-'));
  const save = async (saved: Documents) => {
    for (const [name, bytes] of Object.entries(saved)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), bytes);
    }
  };
  await save(documents);
  return {
    root,
    open: () => openAt(root, settings),
    documents: async () =>
      Object.fromEntries(Object.keys(documents).map((name) => [name, readFileSync(path.join(root, name))])),
    save,
    remove: async () => rmSync(root, { recursive: true, force: true }),
  };
}

export function renderAgain(documents: Documents, settings: Settings = {}): Documents {
  return Object.fromEntries(
    Object.entries(documents).map(([name, bytes]) => [name, renderTable(parseTable(bytes, tableOptions(settings)))]),
  );
}

export function doc(text: string): Documents {
  return { [FILE]: Buffer.from(text, 'utf8') };
}
