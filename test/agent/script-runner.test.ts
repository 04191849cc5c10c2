import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/agent/scenario.ts';

const entry = path.join(import.meta.dirname, 'fixtures/script-main.ts');
let root = '';
let project = '';
let tree = '';

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cox-script-'));
  project = path.join(root, 'project');
  tree = path.join(root, 'tree');
  mkdirSync(path.join(project, 'docs'), { recursive: true });
  writeFileSync(path.join(project, 'docs/tasks.md'), 'the table\n');
  git(project, 'init', '-q', '-b', 'main');
  git(project, 'add', '.');
  git(project, 'commit', '-q', '-m', 'start');
  git(project, 'worktree', 'add', '-q', '-b', 'fix/T1', tree);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
}

function run(lines: readonly string[], attempt = 1): { status: number; json: Record<string, unknown>; output: string } {
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_GLOBAL: '/dev/null',
    COX_TASK_ID: 'T1',
    COX_STAGE: 'work',
    COX_ATTEMPT: `T1/${attempt}`,
    COX_BRANCH: 'fix/T1',
    COX_PROJECT: project,
    COX_WORKTREE: tree,
  };
  let status = 0;
  let output = '';
  try {
    output = execFileSync(process.execPath, [entry, ...lines], { cwd: tree, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    ({ status, stdout: output } = error as { status: number; stdout: string });
  }
  const json = /```json\n(.*)\n```/s.exec(output)?.[1];
  return { status, output, json: json === undefined ? {} : JSON.parse(json) };
}

const head = (): string => git(tree, 'rev-parse', 'HEAD');
const changed = (): string => git(tree, 'diff', '--name-only', 'main', 'HEAD');

describe('the script agent', () => {
  it('edits, commits on its branch and reports the truth by default', () => {
    const { status, json } = run([]);
    expect(status).toBe(0);
    expect(json).toEqual({
      task_id: 'T1',
      status: 'success',
      used: '1K',
      commit_sha: head(),
      notes: 'work of T1 done',
    });
    expect(changed()).toBe('work/T1.md');
    expect(git(tree, 'log', '-1', '--format=%s')).toBe('fix(T1): work');
    expect(git(tree, 'status', '--porcelain')).toBe('');
    expect(git(tree, 'symbolic-ref', '--short', 'HEAD')).toBe('fix/T1');
  });

  it('makes the same commit again from the same start', () => {
    run([]);
    const first = head();
    git(tree, 'reset', '-q', '--hard', 'main');
    run([]);
    expect(head()).toBe(first);
  });

  it('repairs what was red, and ends with the tree of a run that never was', () => {
    run(['T1#1: red'], 1);
    expect(readFileSync(path.join(tree, 'work/T1.md'), 'utf8')).toContain('BROKEN');
    run(['T1#1: red'], 2);
    const repaired = git(tree, 'rev-parse', 'HEAD^{tree}');
    git(tree, 'reset', '-q', '--hard', 'main');
    run([]);
    expect(git(tree, 'rev-parse', 'HEAD^{tree}')).toBe(repaired);
  });

  it('always has something to commit, however often it is sent', () => {
    for (const lines of [[], [], ['red'], ['red'], []]) {
      const before = head();
      expect(run(lines).status).toBe(0);
      expect(git(tree, 'diff', '--name-only', before, 'HEAD')).toBe('work/T1.md');
    }
  });

  it.each([
    ['fail', 1],
    ['exit:9', 9],
  ])('%s ends with %i and has done nothing', (line, status) => {
    expect(run([line])).toMatchObject({ status, json: {} });
    expect(head()).toBe(git(tree, 'rev-parse', 'main'));
  });

  it('lies', () => {
    expect(run(['lie']).json.commit_sha).toBe('f'.repeat(40));
    expect(run(['lie-old']).json.commit_sha).toBe(git(tree, 'rev-parse', 'main'));
    expect(run(['empty']).json.commit_sha).toBe(head());
    expect(changed()).toBe('');
    expect(run(['wrong-id']).json.task_id).toBe('T1-other');
  });

  it('commits elsewhere, more than once', () => {
    for (const _ of [1, 2]) {
      const { json } = run(['other-branch']);
      expect(json.commit_sha).toBe(git(tree, 'rev-parse', 'fix/T1-elsewhere'));
      expect(head()).toBe(git(tree, 'rev-parse', 'main'));
    }
  });

  it('reports nothing, nonsense, or a blocker', () => {
    expect(run(['no-report']).output).toBe('');
    expect(run(['bad-json'])).toMatchObject({ json: {}, output: expect.stringContaining('"task_id"') });
    expect(run(['blocked:no key (by T7, T8)']).json).toMatchObject({
      status: 'blocked',
      notes: 'no key',
      blocked_by: ['T7', 'T8'],
    });
    expect(run(['set:ready=true', 'set:findings=two']).json).toMatchObject({ ready: true, findings: 'two' });
  });

  it('touches what is not its own', () => {
    run(['leak', 'ref', 'ref:main-copy', 'dirty', 'conflict', 'write:outputs/{task}.md']);
    expect(existsSync(path.join(project, 'leak-T1.txt'))).toBe(true);
    expect(git(tree, 'rev-parse', 'stray-T1')).toBe(head());
    expect(git(tree, 'rev-parse', 'main-copy')).toBe(head());
    expect(git(tree, 'status', '--porcelain')).toBe('?? work/T1.unfinished');
    expect(changed().split('\n')).toEqual(['outputs/T1.md', 'shared.txt', 'work/T1.md']);
  });

  it('touches the ledger, and takes it back, past a sparse checkout', () => {
    git(tree, 'sparse-checkout', 'set', '--no-cone', '/*', '!/docs/tasks.md');
    run(['touch-revert']);
    expect(changed()).toBe('work/T1.md');
    expect(git(tree, 'log', '--format=%s', 'main..HEAD', '--', 'docs/tasks.md').split('\n')).toHaveLength(2);
    run(['touch-ledger']);
    expect(changed()).toContain('docs/tasks.md');
  });

  it('floods exactly', () => {
    expect(run(['flood:100000', 'no-report']).output).toHaveLength(100_000);
  });
});

describe('a scenario', () => {
  const steps = (lines: readonly string[], occasion = { task: 'T2', attempt: 1, stage: 'work' }) => {
    const scenario = parseScenario(lines);
    return scenario.ok ? scenario.steps(occasion).map(({ action, value }) => `${action}(${value})`) : scenario.text;
  };

  it('picks the lines that fit task, attempt and stage, in order', () => {
    const lines = [
      'sleep:5',
      'T2: red',
      'T2#1: dirty',
      'T2#2: fail',
      '#1: leak',
      '@review: ok',
      'T2#1@work: usage:9',
      '*: ok',
      'T3: hang',
    ];
    expect(steps(lines)).toEqual(['sleep(5)', 'red()', 'dirty()', 'leak()', 'usage(9)', 'ok()']);
    expect(steps(lines, { task: 'T3', attempt: 3, stage: 'review' })).toEqual(['sleep(5)', 'ok()', 'ok()', 'hang()']);
  });

  it('keeps text with colons', () => {
    expect(steps(['blocked:needs: a key', 'T2: blocked:T1: not done'])).toEqual([
      'blocked(needs: a key)',
      'blocked(T1: not done)',
    ]);
  });

  it('says what it does not understand', () => {
    expect(steps(['T2: explode'])).toMatch(/"T2: explode" is not understood; expected one of ok, sleep, /);
    expect(steps(['toString'])).toMatch(/not understood/);
  });
});
