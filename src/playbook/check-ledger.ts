import { checkName } from './check-names.ts';
import { LEDGER_FILES, TABLE_COLUMNS } from './schema-ledger.ts';
import type { Sections, Stack } from './stack.ts';
import { suggestion } from './suggest.ts';

/** Files, words, columns and places of the ledger, as its format has them. */
export function checkLedger(stack: Stack, { ledger, ways }: Sections): void {
  if (ledger === undefined || stack.isDropped(['ledger', 'format'])) return;
  const { required, optional } = LEDGER_FILES[ledger.format];
  const known: readonly string[] = [...required, ...optional];
  for (const file of Object.keys(ledger.files))
    checkName(stack, file, known, 'ledger file', ['ledger', 'files', file], 'key');
  for (const file of required) {
    if (!Object.hasOwn(ledger.files, file))
      stack.add(['ledger', 'files'], 'missing-key', `ledger.${file} is missing; expected the path of a file`);
  }
  const paths = new Map<string, string>();
  for (const [file, path] of Object.entries(ledger.files)) {
    const other = paths.get(path);
    if (other !== undefined)
      stack.add(
        ['ledger', 'files', file],
        'duplicate-name',
        `"${path}" is also ledger.${other}; expected different files`,
      );
    paths.set(path, file);
  }
  if (ledger.format === 'table') {
    checkDifferent(stack, 'words', ledger.words);
    checkDifferent(stack, 'columns', ledger.columns);
    // Other names are fine: they name extra columns for `{fields.NAME}`. But a slip of the pen must not pass for one.
    for (const column of Object.keys(ledger.columns)) {
      const hint = TABLE_COLUMNS.some((known) => known === column) ? '' : suggestion(column, TABLE_COLUMNS);
      if (hint !== '')
        stack.add(['ledger', 'columns', column], 'unknown-name', `unknown column "${column}"${hint}`, 'key');
    }
  }
  const stages = ways ? [...new Set(ways.flatMap((way) => way.stages.map(({ name }) => name)))] : null;
  for (const [stage, file] of Object.entries(ledger.places)) {
    checkName(stack, stage, stages, 'stage', ['ledger', 'places', stage], 'key');
    checkName(stack, file, Object.keys(ledger.files), 'file of the ledger', ['ledger', 'places', stage]);
  }
}

/** Two names for one header or word of the document could not be told apart; case and kind of gap do not count there. */
function checkDifferent(stack: Stack, section: 'words' | 'columns', names: Readonly<Record<string, string>>): void {
  const taken = new Map<string, string>();
  const all = Object.entries(names).map(([name, text]) => ({ name, text, path: ['ledger', section, name] }));
  // What the project wrote is told about, not the playbook's word that it collides with.
  const sorted = all.toSorted((a, b) => Number(stack.isWritten(a.path, 1)) - Number(stack.isWritten(b.path, 1)));
  for (const { name, text, path } of sorted) {
    const folded = text
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, '_');
    const other = taken.get(folded);
    // A table without a word for it shows a task that was given up as failed; read back, it is failed.
    const isShared = section === 'words' && [name, other].includes('cancelled') && [name, other].includes('failed');
    if (other !== undefined && !isShared)
      stack.add(
        path,
        'duplicate-name',
        `"${text}" is already the ${section === 'words' ? 'word' : 'column'} for "${other}"; expected different ${section}`,
      );
    if (!isShared) taken.set(folded, name);
  }
}
