import type { Problem } from '../port/problem.ts';
import type { Data, Layer } from './layer.ts';
import { isPathLike, type Origin, readOrigin } from './origin.ts';
import type { Path } from './place.ts';
import { show, valueAt } from './problem-text.ts';

const MAX_PROMPT_BYTES = 200_000;

/**
 * Reads the template files that a YAML file names, in `prompts` or directly in a stage, from beside it. A stage that
 * names a file gets it as a prompt of that name.
 */
export async function readPrompts(layer: Layer, origin: Origin): Promise<Layer> {
  const data = structuredClone(layer.data);
  const prompts: Data = {};
  const problems: Problem[] = [];
  const dropped: Path[] = [];
  const written = isData(data.prompts) ? data.prompts : {};
  const wanted = [
    ...Object.entries(written).map(([name, value]) => ({ name, value, path: ['prompts', name] as Path })),
    ...stagePrompts(data)
      .filter(({ value }) => isPathLike(value))
      .map(({ value, path }) => ({ name: value, value, path })),
  ];
  for (const { name, value, path } of wanted) {
    const read = await readPrompt(value, `${origin.label}: prompts.${name}`, origin);
    if (typeof read !== 'string') prompts[name] = read;
    else {
      problems.push(layer.places.problem(path, 'value', 'bad-path', `prompt ${show(value)} ${read}`));
      dropped.push(['prompts', name], path);
    }
  }
  if (wanted.length > 0) data.prompts = prompts;
  return { ...layer, data, problems: [...layer.problems, ...problems], dropped: [...layer.dropped, ...dropped] };
}

/** A text: what is wrong with it. */
async function readPrompt(value: unknown, inlineSource: string, origin: Origin): Promise<Data | string> {
  if (isData(value)) return { source: inlineSource, text: value.text, isInline: true };
  const found = origin.beside(String(value));
  if (typeof found === 'string') return found;
  const bytes = await readOrigin(found);
  if (typeof bytes === 'string') return `cannot be used: ${bytes}; expected a template there`;
  if (bytes.length > MAX_PROMPT_BYTES) return `has ${bytes.length} bytes; expected at most ${MAX_PROMPT_BYTES}`;
  try {
    return { source: found.label, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isInline: false };
  } catch {
    return `is not valid UTF-8; expected "${found.label}" to be saved as UTF-8`;
  }
}

function stagePrompts(data: Data): { value: string; path: Path }[] {
  const paths: Path[] = Object.keys(isData(data.stages) ? data.stages : {}).map((name) => ['stages', name, 'prompt']);
  for (const [index, way] of entries(data.ways)) {
    for (const [stage] of entries(isData(way) ? way.stages : []))
      paths.push(['ways', index, 'stages', stage, 'prompt']);
  }
  return paths.flatMap((path) => {
    const value = valueAt(data, path);
    return typeof value === 'string' ? [{ value, path }] : [];
  });
}

function entries(value: unknown): [number, unknown][] {
  return Array.isArray(value) ? [...value.entries()] : [];
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
