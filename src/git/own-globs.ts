import path from 'node:path';
import picomatch from 'picomatch';
import type { TaskId } from '../core/fact.ts';
import type { Site } from './site.ts';

export interface OwnGlob {
  /** Relative to the repository root. */
  readonly pattern: string;
  /** Not said by the playbook: always ours. */
  readonly isBuiltIn: boolean;
}

interface GlobsFor {
  readonly task: TaskId;
  /** The ledger and our own files are in the project's repository only. */
  readonly isProject: boolean;
  /** Folder of the project in its repository: ledger files are named from there. */
  readonly prefix: string;
}

/**
 * What no worker may write (O1): what the playbook names, the ledger's documents, and our own files always. `coxswain.yaml`
 * is among them because gate commands come from a person, never from an agent (S1).
 */
export function orchestratorGlobs(site: Site, of: GlobsFor): readonly OwnGlob[] {
  const { own, ledgerFiles } = site.options;
  const named = own.orchestrator.filter((glob) => of.isProject || !glob.includes('{ledger}'));
  const always = [...ledgerFiles.map(literal), 'coxswain.yaml', '.coxswain/**'].map((glob) =>
    path.posix.join(of.prefix, glob),
  );
  return [
    ...named.flatMap((glob) => expand(site, glob, of)).map((pattern) => ({ pattern, isBuiltIn: false })),
    ...(of.isProject ? always.map((pattern) => ({ pattern, isBuiltIn: true })) : []),
  ];
}

export function workerGlobs(site: Site, of: GlobsFor): readonly string[] {
  return site.options.own.worker.flatMap((glob) => expand(site, glob, of));
}

/** One matcher for many paths. Dot files count: an agent's `.env` is a file like any other. */
export function matcher(patterns: readonly string[], ignoreCase: boolean): (file: string) => boolean {
  return picomatch([...patterns], { dot: true, nocase: ignoreCase });
}

/** A placeholder with several values gives several globs; values are data, their own special characters mean nothing. */
function expand(site: Site, glob: string, of: GlobsFor): readonly string[] {
  const { ledgerFiles, placeholders } = site.options;
  const values: Readonly<Record<string, readonly string[]>> = {
    ...placeholders?.(of.task),
    task: [of.task],
    ledger: ledgerFiles.map((file) => path.posix.join(of.prefix, file)),
  };
  const name = /\{(\w+)\}/.exec(glob)?.[1];
  const found = name === undefined ? undefined : values[name];
  if (name === undefined || found === undefined) return [glob];
  return found.flatMap((value) => expand(site, glob.replaceAll(`{${name}}`, literal(value)), of));
}

function literal(text: string): string {
  return text.replaceAll(/[\\*?[\](){}!+@|]/g, '\\$&');
}
