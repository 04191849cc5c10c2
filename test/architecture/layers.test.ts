import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

// ARCHITECTURE.md, Code map: what each folder may import besides itself. A rule without a check is a wish.
const BELOW: Readonly<Record<string, readonly string[]>> = {
  core: [],
  port: ['core'],
  playbook: ['core', 'port'],
  ledger: ['core', 'port'],
  store: ['core', 'port'],
  process: ['core', 'port'],
  git: ['core', 'port', 'process'],
  agent: ['core', 'port', 'process'],
  gate: ['core', 'port', 'process'],
  engine: ['core', 'port', 'playbook', 'ledger', 'store', 'process', 'git', 'agent', 'gate'],
  testing: ['core', 'port', 'playbook', 'ledger', 'store', 'process', 'git', 'agent', 'gate', 'engine'],
  cli: ['core', 'port', 'playbook', 'ledger', 'store', 'process', 'git', 'agent', 'gate', 'engine'],
  'index.ts': ['core', 'port', 'playbook'],
};

/** Longer than 300 lines, and why. */
const LONG: Readonly<Record<string, string>> = {
  'core/playbook.ts': 'the vocabulary of the schema in one place; types only',
};

const src = path.resolve(import.meta.dirname, '../../src');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);

test('every folder imports only what is below it', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [layer, other] = [layerOf(from), layerOf(to)];
    return layer !== other && !BELOW[layer]?.includes(other);
  });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test('every folder of src is on the map', () => {
  expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in BELOW))).toEqual([]);
});

test('nothing in the core reaches out of it', () => {
  const outside = files
    .filter((file) => layerOf(file) === 'core')
    .flatMap((file) => specifiers(file).map((each) => ({ file, ...each })))
    .filter(({ specifier }) => !specifier.startsWith('./'));
  expect(outside).toEqual([]);
  const unsure = files
    .filter((file) => layerOf(file) === 'core')
    .filter((file) =>
      /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|\basync\b\s*(?:function|\()|\bawait\b|\bprocess\./.test(code(file)),
    );
  expect(unsure).toEqual([]);
});

test('there are no import cycles, types included', () => {
  expect(cycles()).toEqual([]);
});

test('only cli and testing put adapters together: the engine knows the ports', () => {
  const openers = files
    .filter((file) => !['cli', 'testing'].includes(layerOf(file)))
    .flatMap((file) =>
      [...code(file).matchAll(/^import (?!type)([^;]*?) from '\.\.\/(?:\.\.\/)?(git|agent|gate|store)\//gm)].map(
        (match) => ({ file, names: match[1] ?? '' }),
      ),
    )
    .filter(({ names }) => /\bopen[A-Z]|\btakeRunLock\b/.test(names));
  expect(openers).toEqual([]);
});

test('files are short, or listed with a reason', () => {
  const long = files.filter((file) => readFileSync(path.join(src, file), 'utf8').split('\n').length > 301);
  expect(long.filter((file) => !(file in LONG))).toEqual([]);
});

function layerOf(file: string): string {
  return file.split('/')[0] ?? file;
}

function code(file: string): string {
  return readFileSync(path.join(src, file), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
}

function specifiers(file: string): { specifier: string; isType: boolean }[] {
  const statement = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...code(file).matchAll(statement)].map((match) => ({
    specifier: match[2] ?? match[3] ?? '',
    isType: match[1] !== undefined,
  }));
}

function importsOf(file: string): Import[] {
  return specifiers(file)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, isType }) => ({
      from: file,
      to: path.posix.join(path.posix.dirname(file), specifier),
      isType,
    }));
}

/** Every cycle found once, as `a -> b -> a`. */
function cycles(): string[] {
  const next = new Map(files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]));
  const found: string[] = [];
  const settled = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file].join(' -> '));
    if (start >= 0 || settled.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
    settled.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
