import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globMatches } from '../../src/core/glob.ts';
import { createHeap } from '../../src/core/heap.ts';
import { compareEntries } from '../../src/core/ready.ts';
import { fillFact, matchWay } from '../../src/core/way.ts';
import { agentStage, fact, playbook, way } from './build.ts';

test('E5: a heap gives back what it got, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = createHeap<number>((a, b) => a - b);
      for (const number of numbers) heap.push(number);
      const out = numbers.map(() => heap.pop());
      expect(out).toEqual([...numbers].sort((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});

test('E1 E5: the dispatch order is total: ranks first, then the id; never by what came first', () => {
  const entry = fc.record({
    id: fc.constantFrom('A', 'B', 'C', 'D'),
    version: fc.nat(3),
    rank: fc.tuple(fc.nat(2), fc.nat(2)),
  });
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const order = (list: typeof entries) => [...list].sort(compareEntries).map(({ id, rank }) => `${rank} ${id}`);
      expect(order([...entries].reverse())).toEqual(order(entries));
      for (const a of entries)
        for (const b of entries) expect(Math.sign(compareEntries(a, b)) + Math.sign(compareEntries(b, a))).toBe(0);
    }),
  );
});

test.each([
  ['MS-*', 'MS-1', true],
  ['MS-*', 'XMS-1', false],
  ['*', '', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['*x*x*', 'x', false],
  ['a.c', 'abc', false],
  ['ab', 'abc', false],
])('C3: %s matches %s: %s', (glob, text, expected) => {
  expect(globMatches(glob, text)).toBe(expected);
});

test('C3: the first way that matches is taken, all conditions of it, and the last takes the rest', () => {
  const stages = [agentStage('work')];
  const ways = [
    way('both', stages, { match: { kind: ['bug'], label: ['ui', 'web'] } }),
    way('titled', stages, { match: { title: 'Plan *' } }),
    way('rest', stages),
  ];
  const name = (over: Parameters<typeof fact>[1]) => ways[matchWay(playbook({ ways }), fact('A', over))]?.name;
  expect(name({ kind: 'bug', labels: ['web'] })).toBe('both');
  expect(name({ kind: 'bug' })).toBe('rest');
  expect(name({ title: 'Plan it' })).toBe('titled');
  expect(name({})).toBe('rest');
});

test('S1: values are put into templates literally, and unknown names stay', () => {
  const row = fact('A', { repo: '{branch}', fields: { owner: '$&' } });
  expect(fillFact('{repo}/{branch}/{phase}/{owner}/{nothing}', row, 'b')).toBe('{branch}/b//$&/{nothing}');
});
