import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { branchProblem, idProblem, isSafeId, pathProblem, remoteProblem } from '../../src/core/names.ts';

describe('ids from documents (S1)', () => {
  test.each(['MS-SEC-001', 'BUG-086', 'bd-a1b2.3', 'libstdc++', 'T012', 'Prüfung-1', '7'])('%j is fine', (id) => {
    expect(isSafeId(id)).toBe(true);
  });

  test.each([
    '',
    '../x',
    'a/b',
    ';rm',
    '-f',
    'a b',
    '.git',
    '$(x)',
    'a\nb',
    'a..b',
    'x.lock',
    'x.',
    'A\u0301',
    '\u202eabc',
    'a'.repeat(101),
  ])('%j is refused', (id) => {
    expect(idProblem(id)).not.toBeNull();
  });
});

describe('branches (git-check-ref-format)', () => {
  test.each(['main', 'fix/MS-SEC-001', 'feature/#12-login', 'größer', 'a.b', 'release-1.2', 'user@host'])(
    '%j is fine',
    (branch) => {
      expect(branchProblem(branch)).toBeNull();
    },
  );

  test.each([
    ...[
      '',
      '-f',
      'a b',
      'a..b',
      '/a',
      'a/',
      'a//b',
      '.a',
      'a/.b',
      'a.lock',
      'a.lock/b',
      'a.',
      '@',
      'HEAD',
      'a@{1}',
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a*',
      'a[b',
    ],
    ...[
      'a\\b',
      'a;b',
      '$(x)',
      '`x`',
      'a|b',
      'a&b',
      "a'b",
      'a"b',
      'a>b',
      'refs/heads/a',
      'a\u0000',
      'a\tb',
      'a\u200bb',
      'f'.repeat(40),
      'x'.repeat(201),
    ],
  ])('%j is refused', (branch) => {
    expect(branchProblem(branch)).not.toBeNull();
  });

  test('property: git takes every name that we take', () => {
    const unit = fc.constantFrom(...'ab/.-@{}~^:?*[\\ #+=,%_1äHEAD');
    const names = fc.sample(fc.string({ unit, minLength: 1, maxLength: 8 }), { numRuns: 400, seed: 1 });
    const ours = names.filter((name) => branchProblem(name) === null);
    expect(ours.length).toBeGreaterThan(50);
    for (const name of ours.slice(0, 60))
      execFileSync('git', ['check-ref-format', '--branch', name], { stdio: 'ignore' });
  });

  test('a remote is a name, not an address', () => {
    expect(remoteProblem('origin')).toBeNull();
    for (const remote of ['', '-x', 'https://x/y', 'git@host:x', '../x', 'a b'])
      expect(remoteProblem(remote)).not.toBeNull();
  });
});

describe('paths inside the project', () => {
  test.each(['docs/tasks.md', 'a b/c.md', 'ä.md', '.github/x.yml', '.gitignore', 'x/**', 'rules/{task}.yaml'])(
    '%j is fine',
    (path) => {
      expect(pathProblem(path)).toBeNull();
    },
  );

  test.each([
    ...[
      '',
      '.',
      '..',
      '/etc/passwd',
      'C:\\x',
      'c:/x',
      '~/x',
      '../x',
      'a/../x',
      'a/..',
      'a//b',
      'a/',
      './a',
      'a/./b',
      '-x',
      ':(top)x',
      'a\\b',
    ],
    ...['.git/config', '.GIT/config', 'a/.git', '.git./x', 'git~1/x', 'a\u0000b', 'a\nb', 'x'.repeat(1001)],
  ])('%j is refused', (path) => {
    expect(pathProblem(path)).not.toBeNull();
  });

  test('another repository may be beside the project, but not behind a name', () => {
    for (const path of ['.', '..', '../web', '../../x/y'])
      expect(pathProblem(path, { mayLeave: true, mayBeRoot: true })).toBeNull();
    for (const path of ['a/../b', '../a/../../b', '/x', '../.git'])
      expect(pathProblem(path, { mayLeave: true })).not.toBeNull();
  });
});
