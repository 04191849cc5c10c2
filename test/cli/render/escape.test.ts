import { expect, test } from 'vitest';
import { escapeBlock, escapeLine, safeJson } from '../../../src/cli/render/escape.ts';

test.each([
  ['plain text', 'plain text'],
  ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\u009b31m', '\\x9b31m'],
  ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['Füße 日本 🚣', 'Füße 日本 🚣'],
])('S2: a line cannot steer a terminal: %j', (text, shown) => {
  expect(escapeLine(text)).toBe(shown);
});

test('S2: a block keeps its lines and nothing else', () => {
  expect(escapeBlock('a\r\nb\tc\u0007\rd')).toBe('a\nb\tc\\x07\\rd');
});

test.each([undefined, 2])('S2: JSON keeps its value and is harmless (indent %s)', (space) => {
  const value = { title: 'a\u009b31m\u202e\u2028\u001b]0;x\u0007', 'k\u007f': ['\n'] };
  const json = safeJson(value, space);
  expect(JSON.parse(json)).toEqual(value);
  expect(json.replaceAll('\n', '')).toMatch(/^[\x20-\x7e]*$/);
});
