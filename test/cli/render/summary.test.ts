import { expect, test } from 'vitest';
import { summaryLines } from '../../../src/cli/render/summary.ts';
import type { InboxItem } from '../../../src/core/rows.ts';
import type { State } from '../../../src/core/state.ts';
import { facts, idle, playbook } from '../../core/build.ts';

/** Four tasks, as a run left them. */
function ended(change: (state: State) => void): State {
  const state = idle(playbook(), facts('A', 'B', 'C', 'D'));
  change(state);
  return state;
}

function set(state: State, id: string, over: object): void {
  Object.assign(state.tasks.get(id) ?? {}, over);
}

const done = { status: 'done', fence: 1, attempts: 1 };
const item = (id: string, over: Partial<InboxItem>): InboxItem => ({
  id,
  kind: 'escalation',
  task: null,
  of: null,
  text: 'x',
  choices: [],
  openedAt: 0,
  closedAt: null,
  answer: null,
  ...over,
});

test('a run of some tasks says that those are done, and what is left', () => {
  const state = ended((left) => {
    for (const id of ['A', 'B']) set(left, id, done);
    left.run.only = ['A', 'B'];
  });
  const lines = summaryLines(state, 'done', null);
  expect(lines[0]).toBe('The 2 tasks of this run are done; 2 are left.');
  expect(lines).toContain('Remaining: C (ready), D (ready)');
  expect(lines).toContain('Next:      C, D');
});

test('skipped tasks are no completed ones, and repaired ones are counted', () => {
  const state = ended((left) => {
    for (const id of ['A', 'B', 'C', 'D']) set(left, id, done);
    set(left, 'B', { isSkipped: true });
    set(left, 'C', { attempts: 2 });
  });
  expect(summaryLines(state, 'done', null)).toEqual([
    'All is done (4 tasks).',
    '',
    'Completed: A, C, D',
    'Skipped:   B',
    'Quality:   gates passed for 3 tasks; 1 needed more than one attempt (C)',
    'Remaining: none',
    'Next:      nothing, all tasks are done',
  ]);
});

test('what waits for a person is next, whatever is ready', () => {
  const state = ended((left) => {
    left.inbox.set('escalation-1', item('escalation-1', { task: 'A' }));
    left.inbox.set('conflict-2', item('conflict-2', { kind: 'conflict' }));
    left.inbox.set('escalation-0', item('escalation-0', { closedAt: 1 }));
    left.run.halt = { code: 'conflict', text: 'both changed it', item: 'conflict-2' };
  });
  expect(summaryLines(state, 'waiting', 'both changed it').at(-1)).toBe(
    'Next:      answer escalation-1 (A), see to conflict-2; `cox inbox` says how, then `cox run`',
  );
});

test('a halt and a broken document without an item are next too', () => {
  const halted = ended((left) => {
    left.run.halt = { code: 'push', text: 'the push was refused', item: null };
  });
  expect(summaryLines(halted, 'waiting', 'the push was refused').at(-1)).toBe(
    'Next:      do what is said above, then `cox run`',
  );
  const broken = ended((left) => {
    left.run.brokenLedger = { text: 'x', since: 0 };
  });
  expect(summaryLines(broken, 'waiting', 'x').at(-1)).toBe('Next:      mend the document (`cox lint`), then `cox run`');
});
