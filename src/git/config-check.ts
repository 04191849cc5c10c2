import type { Violation } from '../core/event.ts';
import type { Guard } from './guard-file.ts';
import type { Snapshot } from './snapshot.ts';

/** O4: settings, hooks and worktrees of the repository that are not as they were. They are named, not put back. */
export function configViolations(guard: Guard, now: Snapshot, isAlone: boolean): readonly Violation[] {
  const settings = differing(guard.config, now.config);
  const files = differing(guard.files, now.files);
  const gone = isAlone ? guard.checkouts.filter(({ root }) => !now.worktrees.includes(root)) : [];
  return [
    ...settings.map(([key, how]) => violation('.git/config', `the setting ${key} was ${how}`)),
    ...files.map(([file, how]) => violation(file, `${file} was ${how}`)),
    ...gone.map(({ root }) => violation(root, `the worktree ${root} was removed`)),
  ];
}

function violation(path: string, what: string): Violation {
  return {
    what: 'config',
    path,
    text: `${what} while the attempt ran. Put it back: the repository's settings are not the worker's.`,
  };
}

function differing(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly [string, string][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => [name, before[name] === undefined ? 'added' : after[name] === undefined ? 'removed' : 'changed']);
}
