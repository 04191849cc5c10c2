import { describe, expect, it } from 'vitest';
import type { TaskFact } from '../../src/core/fact.ts';
import { type LedgerSubject, ledgerConformance } from '../../src/testing/ledger-conformance.ts';
import { BROKEN, VALID } from './table-samples.ts';
import { FILE, renderAgain, tablePlace } from './table-subject.ts';

const subject: LedgerSubject = {
  place: (documents) => tablePlace(documents),
  render: (documents) => renderAgain(documents),
  valid: VALID,
  broken: Object.fromEntries(Object.entries(BROKEN).map(([name, { documents }]) => [name, documents])),
  setStatus: (documents, fact: TaskFact, word) => {
    const lines = Buffer.from(documents[FILE] ?? '')
      .toString('utf8')
      .split(/(?<=\n)/);
    const hidden = lines.findLastIndex(
      (line) => line.includes(fact.id) && line.includes('not') && !line.includes('depends'),
    );
    const at = lines.findIndex((line) => line.replace(/^\W+/, '').startsWith(fact.id));
    const index = at === -1 ? hidden : at;
    lines[index] = (lines[index] ?? '').replace(/not.started/, word);
    return { [FILE]: Buffer.from(lines.join('')) };
  },
};

describe('task-table keeps the promises of the port', () => {
  for (const { name, run } of ledgerConformance(subject)) it(name, run);
});

describe('bad input gets a place', () => {
  for (const [name, { documents, at }] of Object.entries(BROKEN)) {
    it(name, async () => {
      const place = await tablePlace(documents);
      const reading = await place.open().read();
      await place.remove();
      expect(reading.ok ? [] : reading.problems.map(({ line, column, code }) => `${line}:${column} ${code}`)).toContain(
        at,
      );
    });
  }
});
