import { suggestion } from './suggest.ts';

const BRACED = String.raw`\{([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)?)\}(?!\})`;

/**
 * Prompt templates: `{name}` stands for a value. Braces that hold anything but a name are text (JSON blocks, `{a,b}`), and
 * so are `${name}`, `@{name}`, `{{name}}`; `\{name}` is the way to write a placeholder's own text.
 */
const PLACEHOLDER = new RegExp(String.raw`(?<![{\\$@])${BRACED}`, 'g');

/** A placeholder, or the backslash before the text of one. */
const FILLED = new RegExp(String.raw`\\(?=${BRACED})|${PLACEHOLDER.source}`, 'g');

/** What a prompt may ask for. Besides these: `{vars.NAME}` and `{fields.COLUMN}`. */
export const PROMPT_PLACEHOLDERS = [
  'id',
  'task',
  'title',
  'description',
  'kind',
  'group',
  'phase',
  'parent',
  'depends_on',
  'repo',
  'branch',
  'base',
  'remote',
  'worktree',
  'role',
  'stage',
  'attempt',
  'issue',
  'issue_body',
  'context',
  'changed_files',
  'output',
  'owned',
  'gates',
  'result_file',
  'report_format',
  'evidence',
  'handoff',
] as const;

/** What a branch, a path or an exclusive key may be made of. As `fillFact` of the core fills them. */
export const TASK_PLACEHOLDERS = ['id', 'task', 'repo', 'branch', 'group', 'phase', 'parent'] as const;

/** Values by placeholder, `vars.NAME` and `fields.COLUMN` written out. What is not there is empty. */
export type PlaceholderValues = Readonly<Record<string, string | null | undefined>>;

export interface UnknownPlaceholder {
  /** Offset in the template, of the brace. */
  readonly offset: number;
  readonly text: string;
}

/** Placeholders that nothing will ever fill. Checked when a playbook is loaded, so that rendering cannot fail. */
export function unknownPlaceholders(
  template: string,
  known: readonly string[],
  vars: readonly string[] | null,
): UnknownPlaceholder[] {
  return placeholders(template).flatMap(({ offset, name }) => {
    if (known.includes(name) || (vars !== null && name.startsWith('fields.'))) return [];
    if (vars !== null && name.startsWith('vars.')) return unknownVar(name.slice('vars.'.length), vars, offset);
    const others = suggestion(name, known) || `; expected one of ${known.map((one) => `{${one}}`).join(', ')}`;
    return [{ offset, text: `unknown placeholder {${name}}${others}` }];
  });
}

function unknownVar(name: string, vars: readonly string[], offset: number): UnknownPlaceholder[] {
  if (vars.includes(name)) return [];
  return [
    { offset, text: `{vars.${name}} is not in "vars"${suggestion(name, vars) || '; expected it to be given there'}` },
  ];
}

export function placeholders(template: string): { offset: number; name: string }[] {
  return [...template.matchAll(PLACEHOLDER)].map((match) => ({ offset: match.index, name: match[1] ?? '' }));
}

/**
 * Fills a prompt template. Values go in literally, in one pass: what looks like a placeholder inside a value stays text.
 * A line that is nothing but a placeholder disappears when its value is empty, with one of the blank lines around it.
 */
export function renderPrompt(template: string, values: PlaceholderValues): string {
  const lines: string[] = [];
  let isGone = false;
  for (const line of template.split('\n')) {
    const isBlankTwice: boolean = isGone && line.trim() === '' && (lines.at(-1) ?? '').trim() === '';
    const filled = fillTemplate(line, values);
    isGone = filled.trim() === '' && placeholders(line).length > 0;
    if (!isGone && !isBlankTwice) lines.push(filled);
  }
  return lines.join('\n');
}

/** Fills a template of one line: a branch, a path, an exclusive key. The caller checks what came out. */
export function fillTemplate(template: string, values: PlaceholderValues): string {
  return template.replace(FILLED, (_, __: string | undefined, name: string | undefined) => {
    return name !== undefined && Object.hasOwn(values, name) ? (values[name] ?? '') : '';
  });
}
