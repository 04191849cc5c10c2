import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDocument, type TaskTable, texts } from '../../src/ledger/table/document.ts';
import { NO_PHASES, TABLE_WORDS, type TableOptions } from '../../src/ledger/table/options.ts';
import { readRow, rowSpans } from '../../src/ledger/table/rows.ts';
import { type Suggestion, suggestMapping } from '../../src/ledger/table/suggest.ts';
import { parseTable, renderTable, withRow } from '../../src/ledger/table/table.ts';
import { writeCells } from '../../src/ledger/table/write-cells.ts';
import { decodeUtf8 } from '../../src/ledger/text/decode.ts';
import { joinLines, type Line } from '../../src/ledger/text/lines.ts';
import { assertOneHunk, assertPlaces } from '../../src/testing/ledger-conformance.ts';
import { tablesByOracle, tablesByUs } from '../ledger/oracle.ts';
import { type CorpusFile, fallen, printCounts, readCorpus } from './corpus.ts';

const RATCHET = new URL('ratchet.json', import.meta.url);
/** Rows of one table that are edited. */
const EDITED = 4;
/** The oracle needs seconds for more. */
const ORACLE_BYTES = 150_000;

const corpus = readCorpus();
if (corpus === null) console.log('Corpus tests are skipped: COX_CORPUS names no folder of real documents.');

const folders = [...new Set(corpus?.map((file) => file.folder))];
const counts = Object.fromEntries(
  folders.map((folder) => [folder, { files: 0, tables: 0, accepted: 0, tasks: 0, rejected: 0 }]),
);
const codes = new Map<string, number>();

function options(file: string, suggestion: Suggestion | null): TableOptions {
  const { columns, words } = suggestion ?? { columns: {}, words: TABLE_WORDS };
  return { file, columns, words, phases: NO_PHASES, base: 'main', repos: [] };
}

describe.skipIf(corpus === null)('task-table over real documents', () => {
  it.each(folders)('%s: the four laws', (folder) => {
    for (const file of corpus ?? []) if (file.folder === folder) checkFile(file);
  });

  it('finds and reads as much as it ever did', () => {
    printCounts('task-table', counts);
    const reasons = [...codes].toSorted((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
    console.log(`rejected for: ${reasons.join(', ')}`);
    const ratchet = JSON.parse(readFileSync(RATCHET, 'utf8')) as { readonly table: typeof counts };
    expect(fallen(ratchet.table, counts)).toEqual([]);
  });
});

function checkFile(file: CorpusFile): void {
  const plain = parseTable(file.bytes, options(file.name, null));
  expect(renderTable(plain).equals(file.bytes), `law 1: ${file.name}`).toBe(true);
  if (plain.model.errors.length > 0) assertPlaces(plain.model.errors, { [file.name]: file.bytes });
  const decoded = decodeUtf8(file.bytes);
  if (!decoded.ok) return;
  count(file).files += 1;
  if (file.bytes.length < ORACLE_BYTES && /\.md|\.txt$/i.test(file.name)) {
    const expected = tablesByOracle(decoded.text);
    if (expected !== null) expect(tablesByUs(decoded.text), `L1: tables of ${file.name}`).toEqual(expected);
  }
  const { lines, tables, others } = parseDocument(decoded.text, {});
  for (const table of [...tables, ...others]) checkTable(file, lines, table);
}

/** Each table by itself, under the names and words that suit it. */
function checkTable(file: CorpusFile, lines: readonly Line[], table: TaskTable): void {
  const part = lines.slice(table.header, table.end);
  const header = part[0]?.text ?? '';
  const rows = part.slice(2).map(({ text }) => texts(text, rowSpans(text, table)));
  const suggestion = suggestMapping(texts(header, rowSpans(header, table)), rows);
  if (suggestion === null) return;
  count(file).tables += 1;
  const text = joinLines({ mark: '', lines: part });
  const settings = options(file.name, suggestion);
  checkStructure(file, text, suggestion);
  const parsed = parseTable(Buffer.from(text), settings);
  expect(renderTable(parsed).toString()).toBe(text);
  if (parsed.model.errors.length > 0) {
    assertPlaces(parsed.model.errors, { [file.name]: Buffer.from(text) });
    count(file).rejected += 1;
    for (const code of new Set(parsed.model.errors.map((problem) => problem.code)))
      codes.set(code, (codes.get(code) ?? 0) + 1);
    return;
  }
  count(file).accepted += 1;
  count(file).tasks += parsed.model.facts.length;
  for (const fact of sample(parsed.model.facts)) {
    const row = parsed.model.rows.get(fact.id)?.row;
    const index = row?.table.columns.at.get('status') ?? -1;
    const word = fact.word === 'active' ? 'done' : 'active';
    const after = withRow(parsed, fact.id, new Map([[index, settings.words[word]]]), settings);
    assertOneHunk(file.name, parsed.bytes, after.bytes);
    const again = parseTable(after.bytes, settings);
    expect(again.model.errors).toEqual([]);
    expect(again.model.facts).toEqual(
      parsed.model.facts.map((each) =>
        each.id === fact.id ? { ...each, word, ledgerStatus: settings.words[word] } : each,
      ),
    );
  }
}

/** Laws 2 and 3 without a model: also in tables whose words nobody could map. */
function checkStructure(file: CorpusFile, text: string, suggestion: Suggestion): void {
  const document = parseDocument(text, suggestion.columns);
  const [table] = document.tables;
  if (table === undefined) throw new Error(`${file.name}: the suggested columns are not found`);
  const index = table.columns.at.get('status') ?? -1;
  const lines = document.lines
    .keys()
    .filter((line) => line > table.delimiter && readRow(document, table, line, () => null));
  for (const line of sample([...lines])) {
    const written = writeCells(document, table, line, new Map([[index, 'an edited | status']]));
    const edited = document.lines.with(line, { text: written, eol: document.lines[line]?.eol ?? '' });
    const after = joinLines({ mark: document.mark, lines: edited });
    assertOneHunk(file.name, Buffer.from(text), Buffer.from(after));
    const again = parseDocument(after, suggestion.columns);
    expect(again.tables).toEqual(document.tables);
    const cells = readRow(document, table, line, () => null)?.cells ?? [];
    const now = readRow(again, again.tables[0] ?? table, line, () => null)?.cells ?? [];
    expect(now.toSpliced(index, 1), `law 3: ${file.name}`).toEqual(cells.toSpliced(index, 1));
    expect(now[index]).toContain('an edited | status');
  }
}

function count(file: CorpusFile) {
  const found = counts[file.folder];
  if (found === undefined) throw new Error(`${file.folder} is no folder of the corpus`);
  return found;
}

function sample<T>(all: readonly T[]): readonly T[] {
  const step = Math.max(1, Math.floor(all.length / EDITED));
  return all.filter((_, index) => index % step === 0);
}
