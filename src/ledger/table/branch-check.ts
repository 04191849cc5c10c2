import { branchProblem } from '../../core/names.ts';
import type { Reporter } from './places.ts';
import { cellOf, type TaskRow } from './rows.ts';
import { isNothing, plain } from './values.ts';

/** What the branch of one row says by itself. */
export function checkBranch(row: TaskRow, base: string | null, report: Reporter): void {
  const branch = plain(cellOf(row, 'branch'));
  if (isNothing(branch)) return;
  const problem = branchProblem(branch);
  if (problem !== null) report.cell(row, 'branch', 'unsafe-branch', `branch "${branch}" ${problem}`);
  else if (branch === base) {
    const text = `branch "${branch}" is the base; a branch of the task's own was expected`;
    report.cell(row, 'branch', 'branch-is-base', text);
  } else if (base !== null && isUnder(branch, base)) {
    const text = `branch "${branch}" is under the base "${base}", and git keeps a branch or a folder of one name; another name was expected`;
    report.cell(row, 'branch', 'branch-under-branch', text);
  } else if (base !== null && isUnder(base, branch)) {
    const text = `the base "${base}" is under the branch "${branch}", and git keeps a branch or a folder of one name; another name was expected`;
    report.cell(row, 'branch', 'branch-under-branch', text);
  }
}

/**
 * `feat` beside `feat/x`: git keeps a branch as a file, so that the second one cannot be made. Said at the later row that
 * is still to be worked on; rows that are over have their branches, however they came by them.
 */
export function checkBranches(rows: readonly TaskRow[], report: Reporter): void {
  const first = new Map<string, number>();
  rows.forEach((row, index) => {
    const name = nameOf(row);
    if (name !== null && !first.has(name)) first.set(name, index);
  });
  rows.forEach((row, index) => {
    const name = nameOf(row);
    if (name === null) return;
    for (const folder of foldersOf(name)) {
      const other = first.get(folder);
      if (other !== undefined) reportPair(rows, Math.max(index, other), Math.min(index, other), report);
    }
  });
}

function reportPair(rows: readonly TaskRow[], later: number, earlier: number, report: Reporter): void {
  const at = [rows[later], rows[earlier]].find((row) => row !== undefined && !isOver(row));
  const other = at === rows[later] ? rows[earlier] : rows[later];
  if (at === undefined || other === undefined) return;
  const [mine, theirs] = [plain(cellOf(at, 'branch')), plain(cellOf(other, 'branch'))];
  const text = `branch "${mine}" and branch "${theirs}" of "${other.id}" cannot both be: git keeps a branch or a folder of one name; another name was expected`;
  report.cell(at, 'branch', 'branch-under-branch', text);
}

function isOver({ word }: TaskRow): boolean {
  return word === 'done' || word === 'cancelled';
}

/** Repo and branch: every repository has its own. The separator is in neither. */
function nameOf(row: TaskRow): string | null {
  const branch = plain(cellOf(row, 'branch'));
  if (isNothing(branch)) return null;
  const repo = plain(cellOf(row, 'repo'));
  return `${isNothing(repo) ? '' : repo} ${branch}`;
}

/** `a/b/c`: `a/b` and `a`. */
function foldersOf(name: string): readonly string[] {
  const folders: string[] = [];
  for (let at = name.indexOf('/'); at !== -1 && folders.length < MOST_PARTS; at = name.indexOf('/', at + 1))
    folders.push(name.slice(0, at));
  return folders;
}

/** A name may be as long as a cell, and the work must stay linear (E15). */
const MOST_PARTS = 100;

function isUnder(branch: string, folder: string): boolean {
  return branch.startsWith(`${folder}/`);
}
