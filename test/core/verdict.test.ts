import { expect, test } from 'vitest';
import type { AttemptEnd } from '../../src/core/event.ts';
import type { AgentStage } from '../../src/core/playbook.ts';
import type { StopReason } from '../../src/core/task.ts';
import { verdict } from '../../src/core/verdict.ts';
import { agentStage, ending, facts, idle, playbook, report, task, work } from './build.ts';

const violation = { what: 'owned-file', path: 'docs/tasks.md', text: 'it wrote docs/tasks.md' } as const;
const accepting = agentStage('review', {
  accept: 'ready',
  expects: ['report'],
  on: { wrong: 'work', exhausted: 'work' },
});
const work1 = agentStage('work');

type Row = readonly [
  name: string,
  end: Partial<AttemptEnd>,
  expected: string,
  more?: { readonly stage?: AgentStage; readonly stopping?: StopReason },
];

const rows: readonly Row[] = [
  ['success', {}, 'ok c-A'],
  ['refused to start', { ending: 'refused', exitCode: null }, 'config/not-started'],
  ['at the provider limit', { ending: 'limit', exitCode: 1, resetAt: 99 }, 'limit/provider-limit 99'],
  ['stopped for its timeout', { ending: 'stopped' }, 'timeout/timed-out', { stopping: 'timeout' }],
  ['ended by itself just before its timeout', { ending: 'exited' }, 'ok c-A', { stopping: 'timeout' }],
  ['out of context', { ending: 'context' }, 'context/context-full'],
  ['touched what is not its own', { violations: [violation, violation] }, 'ownership/owned-file'],
  ['touched it and fell over', { violations: [violation], exitCode: 1 }, 'ownership/owned-file'],
  ['touched it and was refused at a limit', { violations: [violation], ending: 'limit' }, 'limit/provider-limit'],
  ['names a blocker', { report: report('A', { status: 'blocked', notes: 'key', blockedBy: ['B'] }) }, 'blocked key B'],
  [
    'names a blocker and fails',
    { report: report('A', { status: 'blocked', notes: 'key' }), exitCode: 1 },
    'blocked key ',
  ],
  ['lost', { ending: 'lost', exitCode: null }, 'lost/process-lost'],
  ['killed by a signal', { ending: 'signalled', exitCode: null }, 'agent/killed'],
  ['stopped for another reason', { ending: 'stopped', exitCode: null }, 'agent/killed', { stopping: 'budget' }],
  ['exit status', { exitCode: 2 }, 'agent/exit-status'],
  ['no exit status', { exitCode: null }, 'agent/exit-status'],
  ['no report', { report: null, reportProblem: 'there is no block' }, 'report/no-report'],
  ['report of another task', { report: report('B') }, 'report/wrong-task'],
  ['report without a task', { report: report(null) }, 'ok c-A'],
  ['says failed', { report: report('A', { status: 'failed' }) }, 'agent/said-failed'],
  ['routed', { report: report('A', { flags: { wrong: true } }) }, 'routed wrong', { stage: accepting }],
  [
    'routed before not accepted',
    { report: report('A', { status: 'failed', flags: { wrong: true } }) },
    'routed wrong',
    { stage: accepting },
  ],
  ['not accepted', { report: report('A', { flags: { ready: false } }) }, 'agent/not-accepted', { stage: accepting }],
  ['accepted', { report: report('A', { flags: { ready: true, wrong: false } }) }, 'ok c-A', { stage: accepting }],
  ['false commit', { work: work('c', { claimProblem: 'no such commit' }) }, 'report/false-commit'],
  ['nothing new', { work: work('c', { isChanged: false }) }, 'agent/no-commit'],
  ['no work tree', { work: null }, 'agent/no-commit'],
  [
    'nothing new where none is expected',
    { work: null },
    'ok null',
    { stage: agentStage('plan', { expects: ['report'] }) },
  ],
  ['missing output', { missingOutputs: ['a.md', 'b.md'] }, 'report/no-output'],
  ['no report asked for', { report: null }, 'ok c-A', { stage: agentStage('work', { report: null }) }],
];

const table = rows.map(([name, over, expected, more = {}]) => ({ name, over, expected, ...more }));

test.each(table)('E8 T5: $name', ({ over, expected, stage, stopping }) => {
  const own = task(idle(playbook(), facts('A')), 'A');
  own.stopping = stopping ?? null;
  const result = verdict(own, stage ?? work1, ending('A', over));
  switch (result.ok) {
    case true:
      expect(`ok ${result.commit}`).toBe(expected);
      return;
    case 'blocked':
      expect(`blocked ${result.text} ${result.by}`).toBe(expected);
      return;
    case 'routed':
      expect(`routed ${result.flag}`).toBe(expected);
      return;
    case false: {
      const { class: kind, code, evidence, resetAt } = result.failure;
      expect(`${kind}/${code}${resetAt === undefined ? '' : ` ${resetAt}`}`).toBe(expected);
      expect(evidence).toBe('tail');
    }
  }
});

test('O2: all violations are told, not only the first', () => {
  const other = { what: 'leak', path: '/tmp/x', text: 'it wrote outside' } as const;
  const own = task(idle(playbook(), facts('A')), 'A');
  const result = verdict(own, work1, ending('A', { violations: [violation, other] }));
  expect(result).toMatchObject({ ok: false, failure: { text: 'it wrote docs/tasks.md; it wrote outside' } });
});
