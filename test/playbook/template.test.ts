import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillTemplate, placeholders, renderPrompt } from '../../src/playbook/index.ts';
import { unknownPlaceholders } from '../../src/playbook/template.ts';

describe('placeholders', () => {
  test.each([
    ['{id} {vars.NAME} {fields.due-date}', ['id', 'vars.NAME', 'fields.due-date']],
    ['{"task_id": "{id}", "list": [{}]}', ['id']],
    [`${'$'}{id} ${'$'}{HOME} {{id}} HEAD@{upstream} {a,b} { id } {1} {id.} {}`, []],
    [String.raw`\{id}`, []],
    ['#{issue}', ['issue']],
  ])('in %j', (template, names) => {
    expect(placeholders(template).map(({ name }) => name)).toEqual(names);
  });

  test('unknown ones are told with their offset', () => {
    expect(unknownPlaceholders('a {titel} {vars.x} {fields.y}', ['title'], ['y'])).toEqual([
      { offset: 2, text: 'unknown placeholder {titel}; did you mean "title"?' },
      { offset: 10, text: '{vars.x} is not in "vars"; expected it to be given there' },
    ]);
  });
});

describe('rendering', () => {
  test('values go in literally and are not expanded again (S1)', () => {
    const values = { id: `{title} $& $1 ${'$'}{id}`, title: 'no' };
    expect(fillTemplate('<{id}>', values)).toBe(`<{title} $& $1 ${'$'}{id}>`);
  });

  test('braces that are no placeholders stay', () => {
    const text = `{"a": {"b": [{}]}} ${'$'}{HOME} {{id}} {a,b}`;
    expect(fillTemplate(text, { id: 'X' })).toBe(text);
  });

  test('a backslash writes the text of a placeholder, and is only taken away in the template', () => {
    expect(fillTemplate(String.raw`\{id} {id} \n`, { id: String.raw`\{id}` })).toBe(String.raw`{id} \{id} \n`);
  });

  test('what has no value is empty, also a name that every object has', () => {
    expect(fillTemplate('[{id}{constructor}{toString}]', { id: null })).toBe('[]');
  });

  test('a line of nothing but an empty value disappears with one blank line', () => {
    expect(renderPrompt('a\n\n{evidence}\n\nb\n{handoff}\nc', {})).toBe('a\n\nb\nc');
    expect(renderPrompt('a\n\n{evidence}\n\nb', { evidence: 'x\ny' })).toBe('a\n\nx\ny\n\nb');
    expect(renderPrompt('a\n\n\nb\n', {})).toBe('a\n\n\nb\n');
  });

  test('property: any value comes out as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(fillTemplate('<{id}|{vars.a}>', { id: value, 'vars.a': value })).toBe(`<${value}|${value}>`);
      }),
    );
  });

  test('property: a text without placeholders is not changed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(placeholders(text).length === 0 && !text.includes('\\{'));
        expect(renderPrompt(text, {})).toBe(text);
      }),
    );
  });
});
