import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cox, git, scratch } from './cox.ts';

test('the demo shows a crew, repairs a task, and leaves nothing behind', async () => {
  const temporary = scratch();
  const { code, stdout, stderr } = await cox(['demo'], { cwd: temporary, env: { TMPDIR: temporary } });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/BH-003 +gate test FAILED/);
  expect(stdout).toMatch(/BH-003 +attempt 2 of work because/);
  expect(stdout).toMatch(/^All is done \(9 tasks\)\.$/m);
  for (const name of ['Completed', 'Quality', 'Remaining', 'Next'])
    expect(stdout).toMatch(new RegExp(`^${name}: `, 'm'));
  expect(stdout).toMatch(/^Quality: +gates passed for 9 tasks; 1 needed more than one attempt \(BH-003\)$/m);
  expect(stdout.match(/\| done +\|/g)).toHaveLength(9);
  expect(stdout).toMatch(/\(.*regatta\/print\)/);
  expect(readdirSync(temporary).filter((name) => name.startsWith('cox-demo-'))).toEqual([]);
});

test('--keep leaves a project that can be looked at', async () => {
  const temporary = scratch();
  const { code, stdout } = await cox(['demo', '--keep'], { cwd: temporary, env: { TMPDIR: temporary } });
  expect(code).toBe(0);
  const root = /Look around: cd (.*)$/m.exec(stdout)?.[1] ?? '';
  expect(existsSync(path.join(root, 'docs/tasks.md'))).toBe(true);
  expect(await cox(['show', 'BH-003'], { cwd: root })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('attempts    2'),
  });
  expect(git(root, 'status', '--porcelain')).toBe('');
  rmSync(path.dirname(root), { recursive: true });
});
