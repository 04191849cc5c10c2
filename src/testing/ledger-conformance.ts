import assert from 'node:assert/strict';
import type { LedgerChange } from '../core/effect.ts';
import type { TaskFact } from '../core/fact.ts';
import type { Ledger, LedgerReading } from '../port/ledger.ts';
import type { Problem } from '../port/problem.ts';

/** The bytes of a ledger's documents, by path relative to the project root. */
export type Documents = Readonly<Record<string, Uint8Array>>;

/** Documents of one ledger in a place of their own, as a person and we see them. */
export interface LedgerPlace {
  /** Opens the ledger anew, as another process would. */
  open(): Ledger;
  documents(): Promise<Documents>;
  /** What a person does: saves other documents. */
  save(documents: Documents): Promise<void>;
  remove(): Promise<void>;
}

export interface LedgerSubject {
  place(documents: Documents): Promise<LedgerPlace>;
  /** Law 1: parsed and rendered again. */
  render(documents: Documents): Documents;
  /** Valid documents with at least two open tasks. */
  readonly valid: Readonly<Record<string, Documents>>;
  /** Documents that cannot be understood. */
  readonly broken: Readonly<Record<string, Documents>>;
  /** What a person does to the first valid documents: sets the status of a task, by the document's own means. */
  setStatus(documents: Documents, fact: TaskFact, word: 'done'): Documents;
}

export interface LedgerCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Tasks of one document that are edited, from the start, the middle and the end. */
const EDITED = 5;

/**
 * The four laws of every ledger (section 4) and what the port promises about writing, as cases for any test runner.
 *
 * @example for (const { name, run } of ledgerConformance(subject)) it(name, run);
 */
export function ledgerConformance(subject: LedgerSubject): readonly LedgerCase[] {
  const cases: LedgerCase[] = [];
  for (const [name, documents] of Object.entries({ ...subject.valid, ...subject.broken })) {
    cases.push({
      name: `law 1: ${name}: rendering gives the same bytes`,
      run: async () => rendersSame(subject, documents),
    });
  }
  for (const [name, documents] of Object.entries(subject.valid)) {
    cases.push({ name: `laws 2 and 3: ${name}: edits`, run: () => checkEdits(subject, documents) });
    cases.push({ name: `${name}: recording twice changes nothing`, run: () => recordsOnce(subject, documents) });
    cases.push({ name: `${name}: a person's edit wins`, run: () => yields(subject, documents) });
  }
  for (const [name, documents] of Object.entries(subject.broken)) {
    cases.push({ name: `law 4: ${name}: refused with a place`, run: () => refuses(subject, documents) });
  }
  return cases;
}

/** Law 1. */
function rendersSame(subject: Pick<LedgerSubject, 'render'>, documents: Documents): void {
  const rendered = subject.render(documents);
  assert.deepEqual(Object.keys(rendered).toSorted(), Object.keys(documents).toSorted());
  for (const [path, bytes] of Object.entries(documents)) {
    assert.ok(Buffer.from(bytes).equals(rendered[path] ?? Buffer.alloc(0)), `${path} is rendered differently`);
  }
}

/** Laws 2 and 3 for some tasks of a document: one hunk, and the edited text reads as the edited model. */
async function checkEdits(subject: LedgerSubject, documents: Documents): Promise<void> {
  const place = await subject.place(documents);
  try {
    const before = await readGood(place.open());
    for (const fact of sample(before.facts)) {
      await place.save(documents);
      const ledger = place.open();
      const start = await readGood(ledger);
      const word = fact.word === 'active' ? 'done' : 'active';
      const outcome = await ledger.record(fact.id, changeTo(word));
      assert.deepEqual(outcome, { ok: true, isChanged: true, yielded: [] }, `recording ${fact.id}`);
      const written = await place.documents();
      for (const [path, bytes] of Object.entries(documents))
        assertOneHunk(path, bytes, written[path] ?? new Uint8Array());
      // The ledger that wrote, and one that knows nothing, agree on what the text says now.
      const own = await readGood(ledger);
      const fresh = await readGood(place.open());
      assert.deepEqual(own.facts, fresh.facts);
      assert.deepEqual(own.warnings, fresh.warnings);
      assert.deepEqual(
        fresh.facts.map(withoutText),
        start.facts.map((each) => edited(each, fact, word)).map(withoutText),
      );
    }
  } finally {
    await place.remove();
  }
}

async function recordsOnce(subject: LedgerSubject, documents: Documents): Promise<void> {
  const place = await subject.place(documents);
  try {
    const ledger = place.open();
    const { facts } = await readGood(ledger);
    const task = open(facts)[0]?.id ?? '';
    const change = { ...changeTo('active'), agent: 'agent-1', note: 'a | note\nof two lines' };
    await ledger.record(task, change);
    const first = await place.documents();
    assert.deepEqual(await ledger.record(task, change), { ok: true, isChanged: false, yielded: [] });
    assert.deepEqual(await place.open().record(task, change), { ok: true, isChanged: false, yielded: [] });
    assert.deepEqual(await place.documents(), first);
    await readGood(place.open());
  } finally {
    await place.remove();
  }
}

async function yields(subject: LedgerSubject, documents: Documents): Promise<void> {
  const place = await subject.place(documents);
  try {
    const ledger = place.open();
    const { facts, fingerprint } = await readGood(ledger);
    const [theirs, other] = open(facts);
    assert.ok(theirs && other, 'two open tasks are needed');
    await place.save(subject.setStatus(documents, theirs, 'done'));
    assert.notEqual(await ledger.fingerprint(), fingerprint, 'a saved document has another fingerprint');
    // Writing beside the edit keeps it, and does not make it known.
    assert.deepEqual(await ledger.record(other.id, changeTo('active')), { ok: true, isChanged: true, yielded: [] });
    const outcome = await ledger.record(theirs.id, changeTo('active'));
    assert.ok(outcome.ok && outcome.yielded.length > 0, 'the person wins');
    const after = await readGood(place.open());
    assert.equal(after.facts.find(({ id }) => id === theirs.id)?.word, 'done');
    assert.equal(after.facts.find(({ id }) => id === other.id)?.word, 'active');
    // Once it was read, a decision made from it may change it.
    await readGood(ledger);
    assert.deepEqual(await ledger.record(theirs.id, changeTo('active')), { ok: true, isChanged: true, yielded: [] });
  } finally {
    await place.remove();
  }
}

/** Law 4: never thrown, never guessed, never rewritten. */
async function refuses(subject: LedgerSubject, documents: Documents): Promise<void> {
  const place = await subject.place(documents);
  try {
    const ledger = place.open();
    const reading = await ledger.read();
    assert.ok(!reading.ok, 'a document that cannot be understood is refused');
    assertPlaces(reading.problems, documents);
    const outcome = await ledger.record('any', changeTo('done'));
    assert.ok(!outcome.ok, 'and not written');
    assert.deepEqual(await place.documents(), toBuffers(documents));
  } finally {
    await place.remove();
  }
}

/** Problems exist, have a sentence, and point into the documents. */
export function assertPlaces(problems: readonly Problem[], documents: Documents): void {
  assert.ok(problems.length > 0);
  for (const { file, line, column, text, code } of problems) {
    const bytes = documents[file];
    assert.ok(bytes, `${file} is a document`);
    const lines = Buffer.from(bytes)
      .toString('utf8')
      .split(/\r\n|\n|\r/);
    assert.ok(line >= 1 && line <= lines.length, `${code}: line ${line} is in the file`);
    assert.ok(
      column >= 1 && column <= [...(lines[line - 1] ?? '')].length + 1,
      `${code}: column ${column} is in the line`,
    );
    assert.ok(text.length > 0 && !text.includes('\n'));
  }
}

/** Law 2: at most one line differs, and it is still one line with the same ending. */
export function assertOneHunk(path: string, before: Uint8Array, after: Uint8Array): void {
  const [old, now] = [before, after].map((bytes) =>
    Buffer.from(bytes)
      .toString('latin1')
      .split(/(?<=\n)/),
  );
  assert.equal(now?.length, old?.length, `${path}: no line is added or removed`);
  const changed = old?.flatMap((line, at) => (line === now?.[at] ? [] : [at])) ?? [];
  assert.ok(changed.length <= 1, `${path}: one hunk, not lines ${changed.map((at) => at + 1).join(', ')}`);
  for (const at of changed) assert.equal(/\r?\n?$/.exec(now?.[at] ?? '')?.[0], /\r?\n?$/.exec(old?.[at] ?? '')?.[0]);
}

type Good = Extract<LedgerReading, { ok: true }>;

async function readGood(ledger: Ledger): Promise<Good> {
  const reading = await ledger.read();
  assert.ok(reading.ok, reading.ok ? '' : JSON.stringify(reading.problems[0]));
  return reading;
}

function changeTo(word: LedgerChange['word']): LedgerChange {
  return { word, seen: null, place: null, mark: null };
}

function open(facts: readonly TaskFact[]): readonly TaskFact[] {
  return facts.filter(({ word }) => word === 'open');
}

function sample(facts: readonly TaskFact[]): readonly TaskFact[] {
  const step = Math.max(1, Math.floor(facts.length / EDITED));
  return facts.filter((_, index) => index % step === 0 || index === facts.length - 1);
}

function edited(each: TaskFact, fact: TaskFact, word: TaskFact['word']): TaskFact {
  return each.id === fact.id ? { ...each, word } : each;
}

/** The document's own spelling of a status is the adapter's to choose. */
function withoutText({ ledgerStatus: _, ...fact }: TaskFact): Omit<TaskFact, 'ledgerStatus'> {
  return fact;
}

function toBuffers(documents: Documents): Documents {
  return Object.fromEntries(Object.entries(documents).map(([path, bytes]) => [path, Buffer.from(bytes)]));
}
