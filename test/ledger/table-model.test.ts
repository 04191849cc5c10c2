import { describe, expect, it } from 'vitest';
import type { PhaseSpec } from '../../src/core/playbook.ts';
import { deltaOf } from '../../src/ledger/delta.ts';
import { NO_PHASES, TABLE_WORDS } from '../../src/ledger/table/options.ts';
import { parseTable } from '../../src/ledger/table/table.ts';
import { PLAIN } from './table-samples.ts';
import { type Settings, tableOptions } from './table-subject.ts';

function model(text: string, settings: Settings = {}) {
  return parseTable(Buffer.from(text), tableOptions(settings)).model;
}

const said = (text: string, settings: Settings = {}) =>
  [...model(text, settings).errors, ...model(text, settings).warnings].map(
    ({ line, column, text: words }) => `${line}:${column} ${words}`,
  );

/** Rows `id needs blocks`, separated by slashes. */
function graph(...rows: string[]): string {
  const cells = rows.map((row) => row.split('/').map((cell) => cell.trim()));
  return [
    '|id|status|depends_on|blocks|',
    '|-|-|-|-|',
    ...cells.map(([id, needs, blocks]) => `|${id}|done|${needs ?? ''}|${blocks ?? ''}|`),
  ].join('\n');
}

const needs = (text: string) =>
  Object.fromEntries(model(text).facts.map((fact) => [fact.id, fact.dependsOn.join(' ')]));

it('T1: reads the columns of the seed', () => {
  const { facts, groups } = model(PLAIN, { phases: { ...NO_PHASES, by: 'heading' } });
  expect(groups).toEqual(['Tasks']);
  expect(facts[1]).toEqual({
    id: 'MS-2',
    title: 'Second | with a pipe and `a | b`',
    dependsOn: ['MS-1'],
    word: 'open',
    ledgerStatus: 'not-started',
    order: 1,
    priority: 0,
    group: 'Tasks',
    phase: 'Tasks',
    parent: null,
    kind: null,
    labels: [],
    repo: 'api',
    branch: 'fix/two',
    estimate: 4200,
    fields: { issue: '', agent: '', started_at: '', completed_at: '', used: '', notes: 'old note' },
  });
});

it('L1: columns and words are renamable, extra columns are fields', () => {
  const { facts, errors } = model('Plan | Was | State | Status\n--|--|--|--\n7 | Do it | ✅ fertig | beta\n', {
    columns: { id: 'Plan', status: 'State', description: 'Was' },
    words: { ...TABLE_WORDS, done: '✅ fertig' },
  });
  expect(errors).toEqual([]);
  expect(facts[0]).toMatchObject({
    id: '7',
    title: 'Do it',
    word: 'done',
    ledgerStatus: '✅ fertig',
    fields: { status_2: 'beta' },
  });
});

describe('dependencies', () => {
  it('T1: are the union of depends_on and blocks, in the order of the document', () => {
    expect(needs(graph('a//c', 'b', 'c/b, b a'))).toEqual({ a: '', b: '', c: 'a b' });
    expect(needs(graph('a//c', 'b', 'c/b'))).toEqual({ a: '', b: '', c: 'a b' });
  });

  it('T1: warn where the two columns disagree', () => {
    expect(said(graph('a//c', 'b', 'c/b'))).toEqual([
      '3:10 blocks names "c", but depends_on of "c" does not name "a"; the task waits, as both columns are believed',
    ]);
    expect(said(graph('a//b', 'b/a', 'c/a'))).toEqual([
      '5:9 depends_on names "a", but blocks of "a" does not name "c"; the task waits, as both columns are believed',
    ]);
    expect(said(graph('a', 'b/a', 'c/a'))).toEqual([]);
  });

  it('stand for patterns and ranges where that is certain', () => {
    expect(
      needs(graph('S-01', 'S-02', 'S-03', 'x/S-*', 'y/S-01..03', 'z/S-02 through S-03', 'w/S-01...S-02<br>x')),
    ).toEqual({
      'S-01': '',
      'S-02': '',
      'S-03': '',
      x: 'S-01 S-02 S-03',
      y: 'S-01 S-02 S-03',
      z: 'S-02 S-03',
      w: 'S-01 S-02 x',
    });
  });

  it.each([
    ['S-01..03', 'includes "S-03"'],
    ['S-02..01', 'no range'],
    ['S-01..T-02', 'no range'],
    ['S-01..99999', 'more than this ledger has'],
    ['T-*', 'matches no task'],
    ['*', 'names itself'],
    ['S-01 (soft)', '"(soft)" is no task'],
    ['S-1', '"S-1" is no task'],
    ['s-01', '"s-01" is no task'],
  ])('%s is refused: %s', (cell, reason) => {
    expect(said(graph('S-01', 'S-02', `S-04/${cell}`)).join()).toContain(reason);
  });

  it('name a cycle from its first member', () => {
    expect(said(graph('a', 'd/b', 'b/c', 'c/d', 'e/f', 'f/e/f'))).toEqual([
      '4:9 dependency cycle: d -> b -> c -> d (each needs the next); one of these has to go',
      '7:9 dependency cycle: e -> f -> e (each needs the next); one of these has to go',
      '8:11 blocks: "f" names itself by "f", so it could never start; ids of other tasks were expected',
    ]);
  });
});

describe('phases', () => {
  const text = [
    '# Plan',
    '## Phase 1',
    '### API',
    '|id|status|Stage|',
    '|-|-|-|',
    '|a-1|done|x|',
    '### Web',
    '|id|status|Stage|',
    '|-|-|-|',
    '|b-1|done|y|',
    '## Phase 2',
    '### API',
    '|id|status|Stage|',
    '|-|-|-|',
    '|a-2|done|x|',
    '|c|done|-|',
    '',
  ].join('\n');
  const phased = (phases: Partial<PhaseSpec>) => {
    const { facts, phases: order } = model(text, { phases: { ...NO_PHASES, ...phases } });
    return { order, of: facts.map((fact) => fact.phase) };
  };

  it('L1: by heading', () => {
    expect(phased({ by: 'heading' })).toEqual({
      order: ['Phase 1', 'Phase 2'],
      of: ['Phase 1', 'Phase 1', 'Phase 2', 'Phase 2'],
    });
  });
  it('L1: by pattern, in the order of the patterns', () => {
    expect(phased({ by: 'pattern', patterns: ['b-*', 'x-*', 'a-*'] })).toEqual({
      order: ['b-*', 'a-*'],
      of: ['a-*', 'b-*', 'a-*', null],
    });
  });
  it('L1: by column', () => {
    expect(phased({ by: 'column', column: 'stage' })).toEqual({ order: ['x', 'y'], of: ['x', 'y', 'x', null] });
    expect(said(text, { phases: { ...NO_PHASES, by: 'column', column: 'sprint' } })).toEqual([
      '4:1 no table of tasks has the column "sprint", which phases are read from',
    ]);
  });
  it('groups are the innermost headings, told apart by their parents', () => {
    expect(model(text).groups).toEqual(['API', 'Web', 'Phase 2 / API']);
  });
});

it('warns of estimates and priorities it cannot read, and of tables it passes over', () => {
  const text =
    '|id|status|estimate|priority|\n|-|-|-|-|\n|a|done|big|soon|\n\n|id|stauts|description|branch|\n|-|-|-|-|\n|b|done|x|y|\n';
  expect(said(text)).toEqual([
    '3:9 estimate "big" is not counted; a form like 5K, 4.2K or 900 was expected',
    '3:13 priority "soon" comes last; a form like P1, 2 or high was expected',
    '5:1 this table has id, description, branch but no column for the status, so its rows are not read as tasks',
  ]);
});

it('T11: knows the configured repositories', () => {
  expect(said('|id|status|repo|\n|-|-|-|\n|a|done|app|\n|b|done|-|\n', { repos: ['api', 'web'] })).toEqual([
    '3:9 unknown repo "app"; one of api, web was expected',
  ]);
});

it('reports every mistake, in the order of the lines', () => {
  const text = '|id|status|branch|\n|-|-|-|\n|a|wip|main|\n|a|done|x;y|\n|b|\n';
  expect(model(text).errors.map(({ line, code }) => `${line} ${code}`)).toEqual([
    '3 unknown-status',
    '3 branch-is-base',
    '4 duplicate-id',
    '4 unsafe-branch',
    '5 row-too-short',
  ]);
});

it('a delta has what is new, changed and gone', () => {
  const reading = (text: string) => {
    const { facts, groups, phases, warnings } = model(text);
    return { ok: true, fingerprint: '', facts, groups, phases, activePhase: null, warnings } as const;
  };
  const before = reading(graph('a', 'b', 'c/a'));
  expect(deltaOf(null, before).put).toHaveLength(3);
  expect(deltaOf(before.facts, reading(graph('a', 'b', 'c/a')))).toMatchObject({ put: [], gone: [] });
  const after = deltaOf(before.facts, reading(graph('a', 'c/a', 'd')));
  expect(after).toMatchObject({ put: [{ id: 'c', order: 1 }, { id: 'd' }], gone: ['b'] });
});
