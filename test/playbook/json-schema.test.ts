import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { playbookJsonSchema } from '../../src/playbook/index.ts';
import { TABLE_COLUMNS } from '../../src/playbook/schema-ledger.ts';

const FILE = new URL('../../docs/coxswain.schema.json', import.meta.url);

test('docs/coxswain.schema.json is current; `node scripts/write-schema.ts` writes it (I1)', async () => {
  expect(JSON.parse(await readFile(FILE, 'utf8'))).toEqual(playbookJsonSchema());
});

test('it describes what people write: no key is required, none is unknown, words are listed', () => {
  const schema = playbookJsonSchema();
  expect(schema).not.toHaveProperty('required');
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: { deps: { enum: ['merge', 'ignore'] }, limit: { type: 'integer', minimum: 1 } },
  });
});

test('the columns of a task table are the ones the ledger knows', async () => {
  const { COLUMNS } = await import('../../src/ledger/table/columns.ts');
  expect([...TABLE_COLUMNS]).toEqual([...COLUMNS]);
});
