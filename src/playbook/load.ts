import { readFile as readFromDisk } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import type { Playbook } from '../core/playbook.ts';
import type { Problem } from '../port/problem.ts';
import { checkDocuments } from './check-documents.ts';
import { checkRules } from './check-rules.ts';
import { checkStages } from './check-stages.ts';
import { type Data, type Layer, readLayer } from './layer.ts';
import { readPrompts } from './layer-prompts.ts';
import { lower } from './lower.ts';
import { mergeLayers } from './merge-layers.ts';
import { builtinOrigin, type Origin, playbookOrigin, projectOrigin, type ReadFile, readOrigin } from './origin.ts';
import { type Path, Places } from './place.ts';
import { readYaml } from './read-yaml.ts';
import { type Full, fullShape } from './schema.ts';
import { type Sections, Stack } from './stack.ts';
import { warningAt, warnings } from './warnings.ts';

/** Name of the configuration file in the project root (I1). */
const CONFIG_FILE = 'coxswain.yaml';

export type LoadResult =
  | {
      readonly ok: true;
      readonly playbook: Playbook;
      readonly warnings: readonly Problem[];
      /** Files of the project it was made from, relative to the root: when one changes, it must be loaded again. */
      readonly files: readonly string[];
      /** A warning about what is written at a path of the full form, with its place: for checks that look at the disk. */
      warn(path: Path, code: string, text: string): Problem;
    }
  /** Every mistake that could be found in one go, in the order of the files. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface LoadOptions {
  /** Absolute. */
  readonly projectRoot: string;
  /** By default from the disk. */
  readonly readFile?: ReadFile;
}

/**
 * Reads `coxswain.yaml` and the playbook it names (I1): a built-in, or the path of a YAML file of the project. Files of
 * the project are laid over the playbook, key by key. Never throws for what is in the files.
 *
 * @example
 * const loaded = await loadProjectConfig({ projectRoot: '/home/me/app' });
 * if (!loaded.ok) for (const problem of loaded.problems) console.error(formatProblem(problem));
 */
export async function loadProjectConfig(options: LoadOptions): Promise<LoadResult> {
  const { files, readFile } = recording(options);
  return loadFrom(projectOrigin(options.projectRoot, CONFIG_FILE, readFile), null, files);
}

/** Reads a playbook without a project's changes: a built-in's name, or a path relative to the project root. */
export async function loadPlaybook(
  name: string,
  options: LoadOptions = { projectRoot: process.cwd() },
): Promise<LoadResult> {
  const { files, readFile } = recording(options);
  const origin = playbookOrigin(name, projectOrigin(options.projectRoot, CONFIG_FILE, readFile));
  if ('read' in origin) return loadFrom(origin, nameOf(origin), files);
  return { ok: false, problems: [new Places(name, '').problemAt(0, origin.code, origin.text)] };
}

function recording({ projectRoot, readFile = readIfThere }: LoadOptions): { files: Set<string>; readFile: ReadFile } {
  const files = new Set<string>();
  const record: ReadFile = (path) => {
    files.add(relative(projectRoot, path));
    return readFile(path);
  };
  return { files, readFile: record };
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFromDisk(path);
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (isAbsent) return null;
    throw error;
  }
}

async function loadFrom(origin: Origin, name: string | null, files: ReadonlySet<string>): Promise<LoadResult> {
  const layers = [await readOne(builtinOrigin('defaults.yaml'), null), ...(await readChain(origin, name, []))];
  const stack = new Stack(layers);
  const data = layers.reduce<Data>((lower, layer) => mergeLayers(lower, layer.data), {});
  // Without a playbook almost everything would be missing: one sentence says it better than twenty.
  const isRootless = layers.some(isUnreadable);
  const sections: Sections = isRootless ? {} : stack.sections(data);
  checkStages(stack, sections);
  checkRules(stack, sections);
  checkDocuments(stack, sections);
  const problems = inOrder([...layers.flatMap((layer) => layer.problems), ...stack.problems]);
  if (problems.length > 0) return { ok: false, problems };
  const full = complete(sections);
  const warn = (path: Path, code: string, text: string): Problem => warningAt(layers, path, code, text);
  return { ok: true, playbook: lower(full), warnings: warnings(layers, full), files: [...files], warn };
}

const FATAL: ReadonlySet<string> = new Set([
  'no-file',
  'no-playbook',
  'yaml-syntax',
  'invalid-utf8',
  'too-large',
  'playbook-loop',
]);

function isUnreadable({ problems, dropped }: Layer): boolean {
  return (
    problems.some(({ code }) => FATAL.has(code)) || dropped.some((path) => path.length === 0 || path[0] === 'playbook')
  );
}

/** Lowest first. */
async function readChain(origin: Origin, name: string | null, above: readonly string[]): Promise<Layer[]> {
  const layer = await readOne(origin, name);
  if (layer.playbook === null) return [rooted(layer)];
  const next = playbookOrigin(layer.playbook, origin);
  const refuse = (code: string, text: string) => [
    { ...layer, problems: [...layer.problems, layer.places.problem(['playbook'], 'value', code, text)] },
  ];
  if (!('read' in next)) return refuse('no-playbook', next.text);
  if ([origin.label, ...above].includes(next.label))
    return refuse(
      'playbook-loop',
      `"${layer.playbook}" is built upon itself; expected a built-in playbook at the bottom, or one that is complete`,
    );
  if ((await next.read()) === null)
    return refuse('no-playbook', `there is no file "${next.label}"; expected a playbook there`);
  return [...(await readChain(next, nameOf(next), [origin.label, ...above])), layer];
}

/** A file that builds upon nothing has to say itself what no default can. */
function rooted(layer: Layer): Layer {
  const saysWays = layer.data.ways !== undefined || layer.dropped.some(([key]) => key === 'ways');
  if (saysWays || isUnreadable(layer)) return layer;
  const text =
    'playbook is missing; expected the name of a built-in playbook, such as "playbook: task-table", or the path of a YAML file';
  return { ...layer, problems: [...layer.problems, layer.places.problem([], 'value', 'no-playbook', text)] };
}

async function readOne(origin: Origin, name: string | null): Promise<Layer> {
  const bytes = await readOrigin(origin);
  if (typeof bytes === 'string') {
    const text = `${bytes}; expected the configuration there ("cox init" writes one)`;
    const places = new Places(origin.label, '');
    const problems = [places.problemAt(0, 'no-file', text)];
    return { playbook: null, data: {}, places, dropped: [], aliases: [], problems };
  }
  const layer = await readPrompts(readLayer(readYaml(origin.label, bytes)), origin);
  return { ...layer, data: { ...(name === null ? {} : { name }), ...layer.data } };
}

/** `builtin/waves/playbook.yaml` is `waves`, `crews/night.yaml` is `night`. */
function nameOf(origin: Origin): string {
  const path = origin.label.replace(/^builtin:/, '');
  const file = basename(path).replace(/\.[^.]*$/, '');
  const name = file === 'playbook' && dirname(path) !== '.' ? basename(dirname(path)) : file;
  return name.replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '-').replace(/^[_-]+/, '') || 'playbook';
}

function inOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const seen = new Set<string>();
  const fresh = problems.filter((problem) => {
    const key = JSON.stringify(problem);
    return !seen.has(key) && seen.add(key);
  });
  return fresh.sort((a, b) => files.indexOf(b.file) - files.indexOf(a.file) || a.line - b.line || a.column - b.column);
}

function complete(sections: Sections): Full {
  for (const key of Object.keys(fullShape)) {
    if (key !== 'merge' && !Object.hasOwn(sections, key))
      throw new Error(`section ${key} is missing without a problem`);
  }
  return sections as Full;
}
