import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinLines, splitLines } from '../../src/ledger/text/lines.ts';
import { tablesByOracle, tablesByUs } from './oracle.ts';

const words = [
  'a',
  'b c',
  '`x|y`',
  'p\\|q',
  '\\\\',
  'é😀',
  '**B**',
  '-',
  ':-:',
  '---',
  '',
  ' ',
  '\t',
  '<b>x',
  '\\',
  '*',
  '1.',
  '#',
];
const cell = fc.constantFrom(...words);
const row = fc
  .record({
    cells: fc.array(cell, { minLength: 1, maxLength: 4 }),
    lead: fc.constantFrom('', '|', '| '),
    tail: fc.constantFrom('', '|', ' |', ' | ', ' |\t'),
    indent: fc.constantFrom('', ' ', '   ', '    ', '\t', '  '),
  })
  .map(({ cells, lead, tail, indent }) => indent + lead + cells.join(' | ') + tail);
const delimiter = fc
  .record({
    cells: fc.array(fc.constantFrom('---', ':-', '-:', ':-:', '-'), { minLength: 1, maxLength: 4 }),
    lead: fc.constantFrom('', '|', '| '),
    tail: fc.constantFrom('', '|', ' |', ' | '),
    indent: fc.constantFrom('', ' ', '   ', '    '),
  })
  .map(({ cells, lead, tail, indent }) => indent + lead + cells.join(' | ') + tail);
const other = fc.constantFrom(
  '',
  '',
  '  ',
  'text',
  '# Heading',
  '## H ##',
  '===',
  '---',
  '***',
  '```',
  '```js',
  '~~~',
  '~~~~',
  '  ```',
  '    ```',
  '    code',
  '<!-- x',
  '-->',
  '<!-- y -->',
  '<div>',
  '</div>',
  '<details>',
  '<span>x',
  '<script>',
  'x</script>',
  '> quote',
  '> | a | b |',
  '> |---|---|',
  '>',
  '- item',
  '- a | b',
  '  more',
  '1. one',
  '2. two',
  '   sub',
  '- ```',
  '  ~~~',
  '* ',
  '+',
  '- - x',
  '10. x',
  '    | a | b |',
  '  | a | b |',
  '\t| a | b |',
  '<?php',
  '?>',
  '<!A',
  '>',
  '|',
  '||',
  '| |',
  '\\|',
  '[x]',
  '-',
  '=',
  ' - ',
  '-\tx',
  '>\t- x',
);
const document = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: row }, { weight: 2, arbitrary: delimiter }, { weight: 3, arbitrary: other }),
    { maxLength: 12 },
  )
  .chain((lines) => fc.tuple(fc.constant(lines), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean()))
  .map(([lines, eol, isClosed]) => lines.join(eol) + (isClosed ? eol : ''))
  // micromark lets these list items not interrupt indented code and tables, where CommonMark speaks of paragraphs only.
  .filter((text) => !/^[> \t]*(?:[-+*][ \t]+)*(?:[-+*][ \t]*$|(?:[02-9]|1\d+)[.)]|1[.)][ \t]*$)/m.test(text));

test('L1: which lines are table rows, and how their cells split, is what GFM says', () => {
  fc.assert(
    fc.property(document, (text) => {
      const expected = tablesByOracle(text);
      fc.pre(expected !== null);
      expect(tablesByUs(text)).toEqual(expected);
    }),
    { numRuns: 3000 },
  );
});

test('law 1: lines give the text back', () => {
  fc.assert(
    fc.property(fc.oneof(document, fc.string({ unit: 'binary' })), (text) => joinLines(splitLines(text)) === text),
  );
});
