import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LedgerChange } from '../../src/core/effect.ts';
import { replaceDocument } from '../../src/ledger/file/document-file.ts';
import { NO_PHASES } from '../../src/ledger/table/options.ts';
import { PLAIN } from './table-samples.ts';
import { doc, FILE, openAt, type Settings, tablePlace } from './table-subject.ts';

const places: Awaited<ReturnType<typeof tablePlace>>[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.remove();
});

async function given(text: string, settings: Settings = {}) {
  const place = await tablePlace(doc(text), settings);
  places.push(place);
  const file = path.join(place.root, FILE);
  return {
    ...place,
    file,
    ledger: place.open(),
    text: () => readFileSync(file, 'utf8'),
    write: (now: string) => writeFileSync(file, now),
  };
}

const change = (word: LedgerChange['word'], more: Partial<LedgerChange> = {}): LedgerChange => ({
  word,
  seen: null,
  place: null,
  mark: null,
  ...more,
});
const START = Date.UTC(2026, 1, 5, 20, 58, 52);

it('T1, T3: writes what a task went through, in the forms of the seed', async () => {
  const { ledger, text } = await given(PLAIN);
  await ledger.read();
  await ledger.record('MS-2', change('active', { agent: 'sonnet', startedAt: START }));
  expect(text()).toContain(
    '| MS-2 | in-progress | Second \\| with a pipe and `a \\| b` | | api | fix/two | MS-1 | | sonnet | 2026-02-05T14:58:52-06:00 | | 4.2K | | old note |',
  );
  await ledger.record('MS-2', change('done', { completedAt: START + 60_000, usedTokens: 38_500, note: 'a | b' }));
  expect(text()).toContain(
    '| sonnet | 2026-02-05T14:58:52-06:00 | 2026-02-05T14:59:52-06:00 | 4.2K | 38.5K | old note; a \\| b |',
  );
  await ledger.record('MS-2', change('open', { completedAt: null }));
  expect(text()).toContain('| not-started | Second');
  expect(text()).toContain('| 2026-02-05T14:58:52-06:00 | | 4.2K |');
});

it('writes nothing for columns that are not there', async () => {
  const { ledger, text } = await given('|id|status|\n|-|-|\n|a|not-started|\n');
  await ledger.record('a', change('active', { agent: 'x', startedAt: 1, usedTokens: 1, note: 'n' }));
  expect(text()).toBe('|id|status|\n|-|-|\n|a|in-progress|\n');
});

it.each([
  ['| id | status      |\n|----|-------------|\n| a  | not-started |', '| a  | done        |'],
  ['| id | status      |\n|----|------------:|\n| a  | not-started |', '| a  |        done |'],
  ['| id | status      |\n|----|:-----------:|\n| a  | not-started |', '| a  |    done     |'],
  ['| id | status |\n|---|---|\n| a | not-started |', '| a | done |'],
  ['| id | status |\n|---|---|\n| a | not-started            |', '| a | done |'],
  ['|id|status|\n|--|--|\n|a|not-started|', '|a|done|'],
  ['id | status\n-- | --\na | not-started', 'a | done'],
  ['| id | status |\n|---|---|\n| a | **`not-started`** |', '| a | **`done`** |'],
  ['status | id\n-- | --\nnot-started | a', 'done | a'],
])('law 2: keeps the dress of the cell (%#)', async (table, row) => {
  const { ledger, text } = await given(`${table}\n| b | done |`.replace(/^(status.*)\n\| b \| done \|$/s, '$1'));
  expect(await ledger.record('a', change('done'))).toMatchObject({ ok: true, isChanged: true });
  expect(text().split('\n')[2]).toBe(row);
});

it('gives a row its edges when it would be read otherwise without', async () => {
  const { ledger, text } = await given('agent | id | status | notes\n--|--|--|--\nx | a | not-started | y\n');
  await ledger.record('a', change('active', { agent: '# one', note: '' }));
  expect(text().split('\n')[2]).toBe('| # one | a | in-progress | y |');
});

describe('a person edits meanwhile', () => {
  it('wins cell by cell, and the rest is written', async () => {
    const { ledger, text, write } = await given(PLAIN);
    await ledger.read();
    write(
      text()
        .replace('fix/two | MS-1 | |', 'fix/two | MS-1 | | me')
        .replace('old note', 'new note')
        .replace('First', 'Erstens'),
    );
    expect(await ledger.record('MS-2', change('active', { agent: 'sonnet', startedAt: START, note: 'ours' }))).toEqual({
      ok: true,
      isChanged: true,
      yielded: ['agent'],
    });
    expect(text()).toContain('Erstens');
    expect(text()).toContain('| in-progress | Second');
    expect(text()).toContain('| me | 2026-02-05T14:58:52-06:00 |');
    expect(text()).toContain('| new note; ours |');
  });

  it('may reorder, rename columns and take rows out', async () => {
    const { ledger, text, write } = await given('|id|status|notes|\n|-|-|-|\n|a|not-started||\n|b|not-started||\n');
    await ledger.read();
    write('|notes|STATUS|id|\n|-|-|-|\n||not-started|b|\n');
    expect(await ledger.record('a', change('active'))).toEqual({ ok: true, isChanged: false, yielded: ['row'] });
    expect(await ledger.record('b', change('active', { note: 'n' }))).toEqual({
      ok: true,
      isChanged: true,
      yielded: [],
    });
    expect(text()).toBe('|notes|STATUS|id|\n|-|-|-|\n| n |in-progress|b|\n');
  });

  it('breaks the document: nothing is written until it is mended, and then the person still wins', async () => {
    const { ledger, text, write } = await given(PLAIN);
    await ledger.read();
    const broken = PLAIN.replace('| MS-2 | not-started', '| MS-2 | doing');
    write(broken);
    expect(await ledger.read()).toMatchObject({
      ok: false,
      problems: [{ line: 6, column: 10, code: 'unknown-status' }],
    });
    expect(await ledger.record('MS-1', change('active'))).toMatchObject({ ok: false, problems: [{ line: 6 }] });
    expect(text()).toBe(broken);
    write(PLAIN.replace('| MS-2 | not-started', '| MS-2 | done'));
    expect(await ledger.record('MS-2', change('active'))).toEqual({ ok: true, isChanged: false, yielded: ['status'] });
    expect(await ledger.record('MS-1', change('active'))).toEqual({ ok: true, isChanged: true, yielded: [] });
  });
});

describe('the file', () => {
  it('keeps its mode, and is written between two crash points', async () => {
    const steps: string[] = [];
    const { ledger, file, root } = await given(PLAIN, { onStep: (step) => steps.push(step) });
    chmodSync(file, 0o664);
    writeFileSync(path.join(root, 'docs/.tasks.md.cox-tmp'), 'left by a crash');
    await ledger.record('MS-1', change('active'));
    await ledger.record('MS-1', change('active'));
    expect(statSync(file).mode & 0o777).toBe(0o664);
    expect(steps).toEqual(['ledger-write:before', 'ledger-write:after']);
    expect(readdirSync(path.join(root, 'docs'))).toEqual(['tasks.md']);
  });

  it('is left alone when it is no longer what was read', async () => {
    const { file, text, root } = await given(PLAIN);
    const isWritten = await replaceDocument(file, Buffer.from('something else'), Buffer.from('ours'), () => undefined);
    expect(isWritten).toBe(false);
    expect(text()).toBe(PLAIN);
    expect(readdirSync(path.join(root, 'docs'))).toEqual(['tasks.md']);
  });

  it('S1: a link is followed inside the project, and stays a link', async () => {
    const { file, root, ledger } = await given(PLAIN);
    mkdirSync(path.join(root, 'real'));
    renameSync(file, path.join(root, 'real/t.md'));
    symlinkSync('../real/t.md', file);
    expect(await ledger.record('MS-1', change('active'))).toMatchObject({ ok: true, isChanged: true });
    expect(openAt(root).files).toEqual([FILE, 'real/t.md']);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(path.join(root, 'real/t.md'), 'utf8')).toContain('in-progress');
  });

  it('S1: a link out of the project is refused', async () => {
    const outside = await given(PLAIN);
    const { root } = await given(PLAIN);
    const inside = path.join(root, 'link');
    mkdirSync(path.join(inside, 'docs'), { recursive: true });
    symlinkSync(outside.file, path.join(inside, FILE));
    const ledger = openAt(inside);
    expect(await ledger.read()).toMatchObject({ ok: false, problems: [{ code: 'outside-project' }] });
    expect(await ledger.record('MS-1', change('done'))).toMatchObject({ ok: false });
    expect(outside.text()).toBe(PLAIN);
  });

  it('says when it is missing, or no file', async () => {
    const { root, file } = await given(PLAIN);
    renameSync(file, `${file}.away`);
    expect(await openAt(root).read()).toMatchObject({
      ok: false,
      problems: [{ code: 'no-file', file: FILE, line: 1, column: 1 }],
    });
    expect(await openAt(root).fingerprint()).toBe('absent');
    mkdirSync(file);
    expect(await openAt(root).read()).toMatchObject({ ok: false, problems: [{ code: 'not-a-file' }] });
  });

  it('records one after the other, whoever asks at once', async () => {
    const { ledger, text } = await given(PLAIN);
    await ledger.read();
    const outcomes = await Promise.all([
      ledger.record('MS-1', change('active')),
      ledger.record('MS-2', change('failed')),
      ledger.record('MS-1', change('done')),
    ]);
    expect(outcomes.map((outcome) => outcome.ok && outcome.yielded.length === 0)).toEqual([true, true, true]);
    expect(text()).toContain('| MS-1 | done |');
    expect(text()).toContain('| MS-2 | failed |');
  });
});

it('P2: the active phase is named by another document', async () => {
  const phases = { ...NO_PHASES, by: 'heading', active: { file: 'CLAUDE.md', heading: 'Active scope' } } as const;
  const { root, ledger } = await given(
    '## Phase 1\n\n|id|status|\n|-|-|\n|a|done|\n\n## Phase 2\n\n|id|status|\n|-|-|\n|b|done|\n',
    { phases },
  );
  expect(await ledger.read()).toMatchObject({ ok: false, problems: [{ code: 'no-file' }] });
  const before = await ledger.fingerprint();
  writeFileSync(path.join(root, 'CLAUDE.md'), '# X\n\n## Active scope\n\nWe are in Phase 2 now.\n');
  expect(await ledger.fingerprint()).not.toBe(before);
  expect(await ledger.read()).toMatchObject({ ok: true, activePhase: 'Phase 2' });
  writeFileSync(path.join(root, 'CLAUDE.md'), '## Active scope\n\nPhase 1 and Phase 2\n');
  expect(await ledger.read()).toMatchObject({ ok: false, problems: [{ code: 'no-active-phase', file: 'CLAUDE.md' }] });
});

it('section 4: a status nobody decided from stays, although the document was read since (T3)', async () => {
  const { ledger, text, write } = await given(PLAIN);
  const before = text();
  await ledger.read();
  write(before.replace('| MS-2 | not-started |', '| MS-2 | failed |'));
  await ledger.read();
  const decided = change('active', { seen: ['not-started'], agent: 'sonnet' });
  expect(await ledger.record('MS-2', decided)).toMatchObject({ ok: true, yielded: ['status'] });
  expect(text()).toContain('| MS-2 | failed |');
});
