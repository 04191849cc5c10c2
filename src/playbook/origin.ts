import { join, posix } from 'node:path';
import { pathProblem } from '../core/names.ts';
import { BUILTIN_PLAYBOOKS, isBuiltin, readBuiltin } from './builtin.ts';
import { withoutDot } from './schema-scalar.ts';
import { suggestion } from './suggest.ts';

/** Reads a file by its absolute path; null: there is none. */
export type ReadFile = (path: string) => Uint8Array | null | Promise<Uint8Array | null>;

/** Where a YAML file or a prompt comes from. */
export interface Origin {
  /** What people are shown: relative to the project root, or `builtin:task-table/worker.md`. */
  readonly label: string;
  readonly read: () => Promise<Uint8Array | null>;
  /** A file named in this one, relative to its folder; a text: what is wrong with the path. */
  readonly beside: (path: string) => Origin | string;
}

export function builtinOrigin(path: string): Origin {
  return {
    label: `builtin:${path}`,
    read: async () => readBuiltin(path),
    beside: (other) => inside(path, other, builtinOrigin),
  };
}

export function projectOrigin(projectRoot: string, path: string, readFile: ReadFile): Origin {
  return {
    label: path,
    read: async () => readFile(join(projectRoot, path)),
    beside: (other) => inside(path, other, (found) => projectOrigin(projectRoot, found, readFile)),
  };
}

function inside(path: string, other: string, make: (path: string) => Origin): Origin | string {
  const problem = pathProblem(withoutDot(other));
  return problem ?? make(posix.join(posix.dirname(path), withoutDot(other)));
}

/** The file that `playbook: NAME` means, or what is wrong with the name. */
export function playbookOrigin(name: string, from: Origin): Origin | { readonly code: string; readonly text: string } {
  if (isBuiltin(name)) return builtinOrigin(`${name}/playbook.yaml`);
  if (!isPathLike(name)) {
    const hint =
      suggestion(name, BUILTIN_PLAYBOOKS) ||
      `; expected one of ${BUILTIN_PLAYBOOKS.join(', ')}, or the path of a YAML file`;
    return { code: 'unknown-name', text: `unknown playbook ${JSON.stringify(name)}${hint}` };
  }
  const found = from.beside(name);
  return typeof found === 'string' ? { code: 'bad-path', text: `playbook ${JSON.stringify(name)} ${found}` } : found;
}

/** What is in the file; a text: why it cannot be read. */
export async function readOrigin(origin: Origin): Promise<Uint8Array | string> {
  try {
    return (await origin.read()) ?? `there is no file "${origin.label}"`;
  } catch (error) {
    return `the file "${origin.label}" cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A path, where a name could stand too. */
export function isPathLike(text: string): boolean {
  return text.includes('/') || /\.(?:ya?ml|md|txt)$/i.test(text);
}
