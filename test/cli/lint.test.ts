import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cox } from './cox.ts';
import { project } from './project.ts';

const HEAD = '| id | status | description | branch | depends_on |\n|---|---|---|---|---|\n';
const AGENT = 'agents: { default: { kind: script, command: [ok] } }\n';
const row = (id: string, status = 'not-started', branch = `task/${id.toLowerCase()}`, needs = ''): string =>
  `| ${id} | ${status} | Do ${id} | ${branch} | ${needs} |\n`;

/** Issue "Bad input": the document, the place of the mistake, and what the sentence names. */
const BAD: readonly (readonly [name: string, tasks: string | Uint8Array, place: RegExp, said: RegExp])[] = [
  ['no table', '# Tasks\n\nNothing here.\n', /^docs\/tasks\.md:\d+:\d+:/, /table/],
  ['empty file', '', /^docs\/tasks\.md:1:1:/, /empty|table/],
  ['no id column', '| status | description |\n|---|---|\n| done | x |\n', /^docs\/tasks\.md:1:\d+:/, /id/],
  ['duplicate ids', HEAD + row('A1') + row('A1', 'not-started', 'task/other'), /^docs\/tasks\.md:4:3:/, /A1/],
  ['unknown status', HEAD + row('A1', 'doing-it'), /^docs\/tasks\.md:3:8:/, /doing-it.*not-started/],
  ['unknown dependency', HEAD + row('A1', 'not-started', 'task/a1', 'A9'), /^docs\/tasks\.md:3:\d+:/, /A9/],
  ['self-dependency', HEAD + row('A1', 'not-started', 'task/a1', 'A1'), /^docs\/tasks\.md:3:\d+:/, /A1/],
  [
    'cycle, members named',
    HEAD + row('A1', 'not-started', 'task/a1', 'A2') + row('A2', 'not-started', 'task/a2', 'A1'),
    /^docs\/tasks\.md:\d+:\d+:/,
    /A1.*A2|A2.*A1/,
  ],
  ['id that climbs', HEAD + row('../x', 'not-started', 'task/x'), /^docs\/tasks\.md:3:3:/, /\.\.\/x/],
  ['id with a shell trick', HEAD + row('a;rm', 'not-started', 'task/x'), /^docs\/tasks\.md:3:3:/, /;/],
  ['id like an option', HEAD + row('-f', 'not-started', 'task/x'), /^docs\/tasks\.md:3:3:/, /-f/],
  ['id with a space', HEAD + row('A 1', 'not-started', 'task/x'), /^docs\/tasks\.md:3:3:/, /space/],
  ['branch like an option', HEAD + row('A1', 'not-started', '-f'), /^docs\/tasks\.md:3:\d+:/, /-f/],
  ['branch that climbs', HEAD + row('A1', 'not-started', '../x'), /^docs\/tasks\.md:3:\d+:/, /\.\.\/x|"\.\."/],
  ['branch equal to the base', HEAD + row('A1', 'not-started', 'main'), /^docs\/tasks\.md:3:\d+:/, /main/],
  [
    'branch under the base',
    HEAD + row('A1', 'not-started', 'main/z'),
    /^docs\/tasks\.md:3:\d+:/,
    /under the base "main"/,
  ],
  ['branch named like a ref', HEAD + row('A1', 'not-started', 'heads/main'), /^docs\/tasks\.md:3:\d+:/, /heads\//],
  ['branch named HEAD', HEAD + row('A1', 'not-started', 'HEAD'), /^docs\/tasks\.md:3:\d+:/, /HEAD/],
  ['whole ref as branch', HEAD + row('A1', 'not-started', 'refs/heads/x'), /^docs\/tasks\.md:3:\d+:/, /refs\//],
  [
    'branch under another one',
    HEAD + row('A1', 'not-started', 'feat') + row('A2', 'not-started', 'feat/x'),
    /^docs\/tasks\.md:4:\d+:/,
    /"feat\/x".*"feat" of "A1"/,
  ],
  ['row too short', `${HEAD}| A1 | not-started |\n`, /^docs\/tasks\.md:3:\d+:/, /cells|columns|short/],
  [
    'row too long',
    `${HEAD}| A1 | not-started | x | b | | | | more |\n`,
    /^docs\/tasks\.md:3:\d+:/,
    /cells|columns|long/,
  ],
  ['invalid UTF-8', Buffer.from([0x23, 0x20, 0xff, 0x0a]), /^docs\/tasks\.md:1:3:/, /UTF-8/],
];

describe.each(BAD)('bad document: %s', (_name, tasks, place, said) => {
  test.each([
    ['lint', ['lint']],
    ['run', ['run']],
  ])('`cox %s` names the place, ends with 2 and leaves the file alone', async (_command, args) => {
    const { root } = project({ tasks });
    const file = path.join(root, 'docs/tasks.md');
    const before = readFileSync(file);
    const { code, stdout, stderr } = await cox(args, { cwd: root });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const line = stderr.split('\n').find((each) => place.test(each));
    expect(line, stderr).toBeDefined();
    expect(line).toMatch(said);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

test.each([
  ['unknown key', 'playbook: task-table\nlimt: 3\n', /^coxswain\.yaml:2:1: .*limit/m],
  ['wrong type', 'playbook: task-table\nlimit: many\n', /^coxswain\.yaml:2:8: /m],
  ['unknown playbook', 'playbook: task-tabel\n', /^coxswain\.yaml:1:11: .*task-table/m],
  ['no YAML', 'playbook: [\n', /^coxswain\.yaml:\d+:\d+: /m],
  ['a duplicate key', 'playbook: task-table\nlimit: 1\nlimit: 2\n', /^coxswain\.yaml:3:1: /m],
  ['a bad path', 'playbook: task-table\nledger: { file: ../tasks.md }\n', /^coxswain\.yaml:2:\d+: /m],
])('bad configuration: %s', async (_name, config, said) => {
  const { root } = project({ config });
  for (const args of [['lint'], ['run'], ['status']]) {
    const { code, stderr } = await cox(args, { cwd: root });
    expect(stderr).toMatch(said);
    expect(code).toBe(2);
  }
});

test('several mistakes are named at once, and as JSON', async () => {
  const { root } = project({ tasks: HEAD + row('A1', 'odd') + row('A2', 'strange'), config: AGENT });
  const { code, stdout } = await cox(['lint', '--json'], { cwd: root });
  expect(code).toBe(2);
  const { version, ok, problems } = JSON.parse(stdout);
  expect({ version, ok }).toEqual({ version: 1, ok: false });
  expect(problems).toMatchObject([
    { severity: 'error', file: 'docs/tasks.md', line: 3 },
    { severity: 'error', file: 'docs/tasks.md', line: 4 },
  ]);
});

test.each([
  ['CRLF', (HEAD + row('A1')).replaceAll('\n', '\r\n')],
  ['BOM', `\ufeff${HEAD}${row('A1')}`],
  ['no edge pipes', 'id | status | description\n---|---|---\nA1 | not-started | x\n'],
])('works: %s', async (_name, tasks) => {
  const { root } = project({ tasks, config: AGENT });
  expect(await cox(['lint'], { cwd: root })).toMatchObject({ code: 0, stdout: '1 task, no mistakes.\n' });
  expect(existsSync(path.join(root, '.coxswain'))).toBe(false);
});

test('a configuration that is a list: a map was expected, and nothing else is wrong', async () => {
  const { root } = project({ files: { 'coxswain.yaml': '- playbook: task-table\n' } });
  const { code, stderr } = await cox(['lint'], { cwd: root });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'coxswain.yaml:1:1: the file is a list; expected a map of keys\n1 mistake. Nothing was changed.\n',
  });
});

test('what would stop a run on this machine is a warning with its place and the next step', async () => {
  const config = 'playbook: task-table\nagents:\n  default: { kind: claude }\nrepos: { web: { path: ../nowhere } }\n';
  const { root } = project({ tasks: HEAD + row('A1'), config });
  const { code, stdout, stderr } = await cox(['lint'], { cwd: root });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1 task, no mistakes, 2 warnings.\n' });
  expect(stderr).toMatch(/^coxswain\.yaml:3:3: .*kind "claude".*; set agents\.default.*\(warning\)$/m);
  expect(stderr).toMatch(
    /^coxswain\.yaml:4:17: the folder \.\.\/nowhere of the repo "web" is not there.*\(warning\)$/m,
  );
});

test('T1: contradicting blocks are a warning, and the union holds', async () => {
  const tasks =
    '| id | status | description | depends_on | blocks |\n|---|---|---|---|---|\n| A1 | not-started | x | | A2 |\n| A2 | not-started | y | | |\n';
  const { root } = project({ tasks });
  const { code, stderr } = await cox(['lint'], { cwd: root });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^docs\/tasks\.md:\d+:\d+: .*\(warning\)$/m);
  const list = JSON.parse((await cox(['list', '--json'], { cwd: root })).stdout);
  expect(list.tasks).toMatchObject([{ id: 'A1' }, { id: 'A2', dependsOn: ['A1'] }]);
});
