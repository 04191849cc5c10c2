import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findProject } from '../../src/cli/project.ts';
import { git, scratch, write } from './cox.ts';
import { project } from './project.ts';

const nothing = { option: undefined, env: undefined };

test('I1: upwards from a folder of the project', () => {
  const { root } = project();
  expect(findProject({ ...nothing, cwd: path.join(root, 'docs') })).toEqual({ root, by: 'folder' });
});

test('I1: --project wins over COX_PROJECT, which wins over the folder', () => {
  const [one, two, three] = [project().root, project().root, project().root];
  expect(findProject({ option: one, env: two, cwd: three })).toEqual({ root: one, by: 'option' });
  expect(findProject({ option: undefined, env: two, cwd: three })).toEqual({ root: two, by: 'COX_PROJECT' });
});

test('I1: a named folder that is no project is not replaced by another one', () => {
  const { root } = project();
  expect(findProject({ option: path.join(root, 'docs'), env: undefined, cwd: root })).toBeNull();
});

test('DESIGN trap 12: inside a worktree it is the checkout it was made from, not the copy of coxswain.yaml', () => {
  const { root } = project();
  const inside = path.join(root, '.coxswain/worktrees/A1');
  git(root, 'worktree', 'add', '-q', '-b', 'task/a1', inside);
  const beside = path.join(scratch(), 'A2');
  git(root, 'worktree', 'add', '-q', '-b', 'task/a2', beside);
  expect(findProject({ ...nothing, cwd: path.join(inside, 'docs') })).toEqual({ root, by: 'worktree' });
  expect(findProject({ ...nothing, cwd: path.join(beside, 'docs') })).toEqual({ root, by: 'worktree' });
});

test('DESIGN trap 12: a project in a folder of its repository', () => {
  const { root: repository } = project({ files: { 'app/coxswain.yaml': 'playbook: task-table\n' } });
  const beside = path.join(scratch(), 'A1');
  git(repository, 'worktree', 'add', '-q', '-b', 'task/a1', beside);
  const cwd = path.join(beside, 'app');
  expect(findProject({ ...nothing, cwd })).toEqual({ root: path.join(repository, 'app'), by: 'worktree' });
});

test('a submodule and a nested repository belong to the project around them', () => {
  const { root } = project();
  mkdirSync(path.join(root, '.git/modules/sub'), { recursive: true });
  write(root, { 'sub/.git': 'gitdir: ../.git/modules/sub\n', 'nested/.git/HEAD': 'ref: refs/heads/main\n' });
  expect(findProject({ ...nothing, cwd: path.join(root, 'sub') })?.root).toBe(root);
  expect(findProject({ ...nothing, cwd: path.join(root, 'nested') })?.root).toBe(root);
});

test('no project', () => {
  expect(findProject({ ...nothing, cwd: scratch() })).toBeNull();
});
