import { expect, it } from 'vitest';
import { parseTable } from '../../src/ledger/table/table.ts';
import { tableOptions } from './table-subject.ts';

/** Rows `branch status repo`. */
function said(base: string, ...rows: string[]): string[] {
  const lines = rows.map((row, index) => {
    const [branch = '', status = 'not-started', repo = ''] = row.split(' ');
    return `|T-${index + 1}|${status}|${branch}|${repo}|`;
  });
  const text = ['|id|status|branch|repo|', '|-|-|-|-|', ...lines].join('\n');
  const { errors } = parseTable(Buffer.from(text), { ...tableOptions({}), base }).model;
  return errors.map(({ line, code, text: words }) => `${line} ${code} ${words.split(',')[0]}`);
}

const pair = (line: number, mine: string, theirs: string, id: string): string =>
  `${line} branch-under-branch branch "${mine}" and branch "${theirs}" of "${id}" cannot both be: git keeps a branch or a folder of one name; another name was expected`;

it.each([
  [['feat', 'feat/x'], [pair(4, 'feat/x', 'feat', 'T-1')]],
  [['feat/x/y', 'other', 'feat'], [pair(5, 'feat', 'feat/x/y', 'T-1')]],
  [['feat not-started', 'feat/x done'], [pair(3, 'feat', 'feat/x', 'T-2')]],
  [['feat done', 'feat/x done'], []],
  [['feat not-started api', 'feat/x not-started web'], []],
  [['feat', 'feature/x', 'feat-2'], []],
])('%j', (rows, problems) => {
  expect(said('main', ...rows)).toEqual(problems);
});

it('neither under the base nor above it', () => {
  expect(said('main', 'main/z').join()).toContain('branch "main/z" is under the base "main"');
  expect(said('release/1', 'release').join()).toContain('the base "release/1" is under the branch "release"');
});
