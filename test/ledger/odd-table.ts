import fc from 'fast-check';

/** Text of cells that is hard on whoever splits, trims or escapes; none is a valid list of ids. */
const words = [
  'plain',
  'two words',
  'a \\| b',
  '`x \\| y`',
  'back\\slash',
  'end\\\\',
  '**bold**',
  '😀 wide',
  'ünïcödé',
  '<br>',
  '',
  '-',
  '—',
  '[x](y)',
  '~~s~~',
  '$1',
  "it's",
];
const COLUMNS = [
  'description',
  'issue',
  'repo',
  'branch',
  'agent',
  'started_at',
  'completed_at',
  'estimate',
  'used',
  'notes',
  'Extra One',
  'extra-two',
];
const STATUSES = ['not-started', 'In Progress', 'done', '`failed`', '**cancelled**', 'not_started'];
const DRESS: Readonly<Record<string, readonly string[]>> = {
  id: ['id', 'ID', '**id**'],
  status: ['status', 'Status', '`STATUS`'],
  depends_on: ['depends_on', 'Depends On', 'depends-on'],
};

interface Shape {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly hasEdges: boolean;
  readonly isAligned: boolean;
  readonly indent: string;
  readonly alignment: string;
}

function shape(ids: readonly string[]): fc.Arbitrary<Shape> {
  return fc.shuffledSubarray(COLUMNS).chain((some) =>
    fc.shuffledSubarray(['id', 'status', 'depends_on', ...some], { minLength: some.length + 3 }).chain((columns) =>
      fc.record({
        columns: fc.tuple(...columns.map((name) => fc.constantFrom(...(DRESS[name] ?? [name])))),
        rows: fc.tuple(
          ...ids.map((id, index) => fc.tuple(...columns.map((name) => cell(name, id, ids.slice(0, index))))),
        ),
        hasEdges: fc.boolean(),
        isAligned: fc.boolean(),
        indent: fc.constantFrom('', ' ', '   '),
        alignment: fc.constantFrom('---', ':--', '--:', ':-:'),
      }),
    ),
  );
}

function cell(column: string, id: string, before: readonly string[]): fc.Arbitrary<string> {
  if (column === 'id') return fc.constantFrom(id, `\`${id}\``);
  if (column === 'status') return fc.constantFrom(...STATUSES);
  if (column === 'depends_on') {
    return fc.tuple(fc.subarray([...before]), fc.constantFrom(', ', ' ', '<br>')).map(([some, gap]) => some.join(gap));
  }
  if (column === 'branch') return fc.constantFrom('', '-', 'fix/one', '`feature/x.y`');
  if (column === 'issue') return fc.constantFrom('', '#12', '—');
  if (column === 'estimate') return fc.constantFrom('', '5K', '4.2K', 'big');
  return fc.constantFrom(...words);
}

function draw({ columns, rows, hasEdges, isAligned, indent, alignment }: Shape, eol: string): string {
  const lines = [columns, columns.map(() => alignment), ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => [...(line[at] ?? '')].length)));
  const drawn = lines.map((line, number) => {
    const cells = line.map((text, at) => {
      const gap = isAligned ? ' '.repeat((widths[at] ?? 0) - [...text].length) : '';
      return number === 1 ? text[0] + text.slice(1, -1) + '-'.repeat(gap.length) + text.slice(-1) : text + gap;
    });
    // A row that starts with an empty cell or a list marker needs its edge.
    return hasEdges || /^[^\p{L}]/u.test(line[0] ?? '') || line[0] === '' || number === 1
      ? `${indent}| ${cells.join(' | ')} |`
      : indent + cells.join(' | ');
  });
  return drawn.join(eol);
}

export interface OddTable {
  readonly text: string;
  readonly ids: readonly string[];
}

const between = fc.constantFrom(
  '',
  'Some prose.',
  '## A heading',
  '<!-- | id | status | -->',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '- a\n- list',
  '```\n| id |\n```',
);

/** Valid task documents in every dress people give them: one or two tables, among other things. */
export const oddTable: fc.Arbitrary<OddTable> = fc
  .uniqueArray(fc.constantFrom('A-1', 'A-2', 'B.1', 'B.2', 'c_3', '004', 'Ä5', 'X+6'), { minLength: 1 })
  .chain((ids) => {
    const half = Math.ceil(ids.length / 2);
    const tables = [ids.slice(0, half), ids.slice(half)].filter((some) => some.length > 0);
    return fc.record({
      ids: fc.constant(ids),
      shapes: fc.tuple(...tables.map(shape)),
      eol: fc.constantFrom('\n', '\r\n'),
      parts: fc.tuple(between, between, between),
      mark: fc.constantFrom('', '\uFEFF'),
      isClosed: fc.boolean(),
    });
  })
  .map(({ ids, shapes, eol, parts, mark, isClosed }) => {
    const gap = eol + eol;
    const drawn = shapes.map((each, index) => parts[index]?.replaceAll('\n', eol) + gap + draw(each, eol));
    // Without anything behind it the table ends the file, with or without a line ending.
    const last = parts[2] === '' ? '' : gap + parts[2].replaceAll('\n', eol);
    return { text: mark + drawn.join(gap) + last + (isClosed ? eol : ''), ids };
  });
