import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { playbookJsonSchema } from '../../src/playbook/index.ts';
import { loadFiles, loadText } from './load-text.ts';

/** Loads, or names at least one problem with a place; never throws. */
async function expectAnswer(yaml: string | Uint8Array): Promise<void> {
  const result = await loadText(yaml);
  if (result.ok) return;
  expect(result.problems.length).toBeGreaterThan(0);
  for (const { line, column, text, file } of result.problems) {
    expect(line).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
    expect(text).not.toMatch(/undefined|NaN|\[object|Invalid input/);
    expect(file).not.toBe('');
  }
}

const KEYS = Object.keys(playbookJsonSchema().properties as object);
const word = fc.constantFrom(
  ...[
    'task-table',
    'pipeline',
    'main',
    'x',
    '',
    '-f',
    '../x',
    '{id}',
    '{x}',
    '10m',
    '40K',
    'fresh',
    'agent',
    'work',
    'null',
    '__proto__',
  ],
);
const scalar = fc.oneof(word, fc.integer({ min: -2, max: 9 }), fc.boolean(), fc.constant(null), fc.string());
const innerKey = fc.oneof(
  fc.constantFrom(
    'name',
    'do',
    'run',
    'stages',
    'ladder',
    'default',
    'kind',
    'command',
    'file',
    'format',
    'path',
    'base',
    'limit',
    'phases',
    'by',
  ),
  fc.string({ minLength: 1 }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(innerKey, tie('any'), { maxKeys: 4 }),
  ),
})).any;

describe('property: any text gives a playbook or problems, and never throws', () => {
  test('bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), expectAnswer));
  });

  test('text with the characters that YAML knows', async () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab:-?[]{},&*!|>\'"%@`#\n\r\t 0\\\u0000\u2028😀'),
      maxLength: 80,
    });
    await fc.assert(fc.asyncProperty(text, expectAnswer), { numRuns: 300 });
  });

  test('known keys with any values', async () => {
    const config = fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(config, word, async (data, playbook) => {
        await expectAnswer(stringify({ playbook, ...data }));
      }),
      { numRuns: 300 },
    );
  });

  test('a valid file, cut off anywhere or with one character changed', async () => {
    const yaml =
      'playbook: task-table\nlimit: 2\ngates:\n  - {name: test, run: npm test, timeout: 10m}\nretry: {ladder: {gate: ["back:work", fail]}}\n';
    const edit = fc.tuple(fc.nat({ max: yaml.length }), fc.nat({ max: 3 }), fc.string({ maxLength: 2 }));
    await fc.assert(
      fc.asyncProperty(edit, async ([at, length, text]) => {
        await expectAnswer(yaml.slice(0, at) + text + yaml.slice(at + length));
        await expectAnswer(yaml.slice(0, at));
      }),
    );
  });

  test('any template', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (template) => {
        const files = { 'coxswain.yaml': 'playbook: task-table\nprompts: {worker: w.md}', 'w.md': template };
        expect(await loadFiles(files)).toHaveProperty('ok');
      }),
    );
  });
});
