import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Problem } from '../port/problem.ts';
import { type Path, Places } from './place.ts';

/** A file of settings; more is a mistake, and a parser is not asked to chew on it. */
const MAX_BYTES = 1_000_000;
const MAX_DEPTH = 64;

export interface YamlFile {
  /** Plain maps, lists, text, numbers, booleans and null; undefined where something could not be read. */
  readonly value: unknown;
  readonly places: Places;
  readonly problems: readonly Problem[];
}

/** Reads YAML 1.2 with the place of everything in it. Never throws; anchors, aliases and own tags are refused. */
export function readYaml(file: string, bytes: Uint8Array): YamlFile {
  const decoded = decode(bytes);
  if (typeof decoded === 'object') {
    const places = new Places(file, decoded.before);
    return {
      value: undefined,
      places,
      problems: [places.problemAt(decoded.before.length, decoded.code, decoded.text)],
    };
  }
  const places = new Places(file, decoded);
  const deep = nestedTooDeep(decoded);
  if (deep !== null) {
    const text = `more than ${MAX_DEPTH} brackets are open here; expected settings that are nested less deeply`;
    return { value: undefined, places, problems: [places.problemAt(deep, 'yaml-syntax', text)] };
  }
  const document = parseDocument(decoded, { version: '1.2', prettyErrors: false, logLevel: 'error', merge: false });
  // An unknown tag is only a warning there; with a file of settings it is a mistake.
  const problems = [...document.errors, ...document.warnings].map((error) => syntaxProblem(places, error));
  const isBroken = document.errors.some((error) => error.code !== 'DUPLICATE_KEY');
  if (isBroken) return { value: undefined, places, problems: problems.slice(0, 20) };
  const reader = { places, problems };
  return { value: readNode(reader, document.contents, [], 0), places, problems };
}

function decode(bytes: Uint8Array): string | { before: string; code: string; text: string } {
  if (bytes.length > MAX_BYTES) {
    return { before: '', code: 'too-large', text: `the file has ${bytes.length} bytes; expected at most ${MAX_BYTES}` };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const valid = validPrefix(bytes);
    const byte = (bytes[valid.length] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return {
      before: valid.text,
      code: 'invalid-utf8',
      text: `the byte 0x${byte} is not valid UTF-8; expected the file to be saved as UTF-8`,
    };
  }
}

/** The longest prefix that is valid UTF-8, by bisection: every shorter one that ends between characters is valid too. */
function validPrefix(bytes: Uint8Array): { text: string; length: number } {
  const loose = new TextDecoder('utf-8', { ignoreBOM: true });
  const strict = new TextEncoder();
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // In a stream an unfinished character at the end is held back, so only what is wrong inside becomes U+FFFD.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, middle), { stream: true });
    const again = strict.encode(text);
    if (again.every((byte, index) => byte === bytes[index])) low = middle;
    else high = middle - 1;
  }
  const text = loose.decode(bytes.subarray(0, low), { stream: true });
  return { text, length: strict.encode(text).length };
}

/** A cheap bound before the parser, which recurses: offset of the bracket or indentation that is too deep. */
function nestedTooDeep(text: string): number | null {
  let depth = 0;
  for (const { index, 0: found } of text.matchAll(/[[{]|[\]}]|^[ \t]*(?:[-?:] +){65,}/gm)) {
    if (found.length > 1) return index;
    depth = found === '[' || found === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return index;
  }
  return null;
}

function syntaxProblem(places: Places, error: YAMLError): Problem {
  const at = (code: string, text: string) => places.problemAt(error.pos[0], code, text);
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return at('duplicate-key', 'this key was given before; expected each key once');
    case 'TAB_AS_INDENT':
      return at('yaml-syntax', 'a tab is used as indentation; expected spaces');
    case 'MULTIPLE_DOCS':
      return at('yaml-syntax', 'a second document starts here; expected one');
    case 'TAG_RESOLVE_FAILED':
      return at('bad-value', 'a tag is not read here; expected the value itself');
    default:
      return at('yaml-syntax', `not valid YAML: ${error.message.replace(/\s+/g, ' ')}; ${YAML_HELP}`);
  }
}

const YAML_HELP = 'expected "key: value" lines, and quotes around text with {, [, ": " or " #" in it';

interface Reader {
  readonly places: Places;
  readonly problems: Problem[];
}

function readNode(reader: Reader, node: unknown, path: Path, keyOffset: number): unknown {
  if (!isNode(node)) {
    reader.places.put(path, keyOffset, keyOffset);
    return null;
  }
  const offset = (node as ParsedNode).range?.[0] ?? keyOffset;
  reader.places.put(path, keyOffset, offset);
  const refused = refusal(node, path);
  if (refused !== null) {
    if (refused !== 'told') reader.problems.push(reader.places.problemAt(offset, refused.code, refused.text));
    return undefined;
  }
  if (isMap(node)) return readMap(reader, node.items, path);
  if (isSeq(node)) return node.items.map((item, index) => readNode(reader, item, [...path, index], offset));
  return isScalar(node) ? node.value : undefined;
}

function refusal(node: Node, path: Path): { code: string; text: string } | 'told' | null {
  if (isAlias(node) || (!isAlias(node) && node.anchor !== undefined)) {
    return { code: 'alias', text: 'anchors and aliases are not read here; expected the value itself' };
  }
  if (path.length > MAX_DEPTH) return { code: 'yaml-syntax', text: `this is nested deeper than ${MAX_DEPTH} levels` };
  if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) return 'told';
  if (!isScalar(node) || typeof node.value !== 'string') return null;
  if (node.value.includes('\0'))
    return { code: 'bad-value', text: 'this text has a NUL character; expected text without it' };
  if (!node.value.isWellFormed())
    return { code: 'bad-value', text: 'this text has half a surrogate pair; expected valid Unicode' };
  return null;
}

function readMap(
  reader: Reader,
  pairs: readonly { key: unknown; value: unknown }[],
  path: Path,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { key, value } of pairs) {
    const offset = (isNode(key) ? (key as ParsedNode).range?.[0] : undefined) ?? 0;
    if (!isScalar(key) || key.anchor !== undefined || !isKey(key.value)) {
      reader.problems.push(reader.places.problemAt(offset, 'wrong-type', 'this cannot be a key; expected a name'));
      continue;
    }
    const keyText = String(key.value);
    // The first of two equal keys stands; the parser has reported the second.
    if (!Object.hasOwn(result, keyText)) result[keyText] = readNode(reader, value, [...path, keyText], offset);
  }
  return result;
}

function isKey(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && value !== '' && value !== '__proto__' && !value.includes('\0'))
  );
}
