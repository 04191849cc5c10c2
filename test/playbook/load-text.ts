import { type LoadResult, loadProjectConfig } from '../../src/playbook/index.ts';
import { formatProblem } from '../../src/port/problem.ts';

/** Loads a project that consists of these files; nothing is on the disk. */
export async function loadFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<LoadResult> {
  return loadProjectConfig({
    projectRoot: '/project',
    readFile: (path) => {
      const content = files[path.replace('/project/', '')];
      return typeof content === 'string' ? new TextEncoder().encode(content) : (content ?? null);
    },
  });
}

export async function loadText(yaml: string | Uint8Array): Promise<LoadResult> {
  return loadFiles({ 'coxswain.yaml': yaml });
}

/** `line:column: text` of every mistake. */
export function mistakes(result: LoadResult): string[] {
  if (result.ok) throw new Error('it loaded, although it has a mistake');
  return result.problems.map((problem) => formatProblem(problem).replace(/^coxswain\.yaml:/, ''));
}

export function playbookOf(result: LoadResult) {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.playbook;
}
