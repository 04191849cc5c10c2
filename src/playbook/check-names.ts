import type { Path } from './place.ts';
import type { Stack } from './stack.ts';
import { suggestion } from './suggest.ts';

export function checkNames(
  stack: Stack,
  found: readonly string[],
  known: readonly string[] | null,
  what: string,
  path: Path,
): void {
  found.forEach((name, index) => {
    checkName(stack, name, known, what, [...path, index]);
  });
}

/** Says whether it is known; nothing is wrong with no name, or with names that could not be read. */
export function checkName(
  stack: Stack,
  found: string | null,
  known: readonly string[] | null,
  what: string,
  path: Path,
  at: 'key' | 'value' = 'value',
): boolean {
  if (found === null || known === null || known.includes(found)) return true;
  const others = known.length === 0 ? '; there is none' : `; expected one of ${known.join(', ')}`;
  stack.add(path, 'unknown-name', `unknown ${what} "${found}"${suggestion(found, known) || others}`, at);
  return false;
}

export function checkUnique(
  stack: Stack,
  found: readonly (string | undefined)[],
  what: string,
  path: (index: number) => Path,
): void {
  found.forEach((name, index) => {
    if (name !== undefined && found.indexOf(name) < index) {
      stack.add(path(index), 'duplicate-name', `${what} "${name}" is there twice; expected different names`);
    }
  });
}
