import { expect, test } from 'vitest';
import { explain } from '../../src/core/explain.ts';
import { fact, idle, playbook } from './build.ts';

const inPhase = (phase: string, ...ids: string[]) => ids.map((id) => fact(id, { phase }));
const phased = playbook({ admission: { phases: { by: 'heading', column: null, patterns: [], active: null } } });

test('a closed phase names what it waits for, up to five, then a number', () => {
  const early = inPhase('P1', 'A', 'B', 'C', 'D', 'E', 'F', 'G');
  const rows = [...early, ...inPhase('P2', 'Y'), ...inPhase('P3', 'Z')].map((row, order) => ({ ...row, order }));
  const state = idle(phased, rows);
  const textOf = (id: string) => explain(state, id)?.reasons.find(({ code }) => code === 'phase')?.text;
  expect(textOf('Y')).toBe('phase P2 is not open yet: it waits for A, B, C, D, E and 2 more');
  expect(textOf('Z')).toBe('phase P3 is not open yet: it waits for A, B, C, D, E and 3 more');
});

test('a failure is told with its class (E9)', () => {
  const state = idle(playbook(), [fact('A')]);
  const failure = { class: 'ownership', code: 'foreign-file', text: 'it changed the table', evidence: '' };
  Object.assign(state.tasks.get('A') ?? {}, { status: 'failed', failure });
  expect(explain(state, 'A')?.reasons).toMatchObject([
    { code: 'failed', text: 'A failed (ownership): it changed the table' },
  ]);
});

test('a branch of this repository is called one; a resource with a name keeps it', () => {
  const state = idle(playbook(), [fact('A', { branch: 'feat/x' }), fact('B', { branch: 'feat/x' })]);
  state.index.held.set('/feat/x', 'A');
  const texts = explain(state, 'B')?.reasons.map(({ on, text }) => [on, text]);
  expect(texts).toContainEqual(['/feat/x', 'branch feat/x is in use by A']);
});
