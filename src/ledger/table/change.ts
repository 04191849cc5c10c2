import type { LedgerChange } from '../../core/effect.ts';
import type { LedgerWord } from '../../core/playbook.ts';
import { cellOf, hasColumn, type TaskRow } from './rows.ts';
import { formatTime, formatTokens, isNothing } from './values.ts';

/** Code points of one note, and of the notes of a row together (E15). The journal has the whole text. */
export const NOTE_LENGTH = 300;
export const NOTES_LENGTH = 2000;

export interface ChangeContext {
  readonly words: Readonly<Record<LedgerWord, string>>;
  readonly wordOf: (cell: string) => LedgerWord | null;
  /** Minutes east of UTC at a moment. */
  readonly offsetMinutes: (at: number) => number;
}

/** What a cell is to say, and whether it does already. */
export interface WantedCell {
  readonly column: string;
  readonly value: string;
  readonly isMet: boolean;
  /** A value added to what is there, which cannot undo what a person wrote. */
  readonly isAppended: boolean;
}

/** The cells a change asks for in the columns that the row has (T1, T3). */
export function wantedCells(row: TaskRow, change: LedgerChange, context: ChangeContext): readonly WantedCell[] {
  const wanted: WantedCell[] = [];
  const want = (column: string, value: string, isMet = cellOf(row, column) === value) => {
    if (hasColumn(row, column)) wanted.push({ column, value, isMet, isAppended: false });
  };
  const { words } = context;
  // Two of our words may share one of the document's.
  want('status', words[change.word], row.word !== null && words[row.word] === words[change.word]);
  if (change.agent !== undefined) want('agent', cleaned(change.agent));
  if (change.startedAt !== undefined) want('started_at', timeOf(change.startedAt, context));
  if (change.completedAt === null) want('completed_at', '', isNothing(cellOf(row, 'completed_at')));
  else if (change.completedAt !== undefined) want('completed_at', timeOf(change.completedAt, context));
  if (change.usedTokens !== undefined) want('used', formatTokens(change.usedTokens));
  if (change.note !== undefined && hasColumn(row, 'notes')) {
    const notes = cellOf(row, 'notes');
    const value = withNote(notes, change.note);
    wanted.push({ column: 'notes', value, isMet: value === notes, isAppended: true });
  }
  return wanted;
}

/** Notes with one more at the end; the same when they have it already, or when there is no room for it. */
export function withNote(notes: string, note: string): string {
  const added = shortened(cleaned(note), NOTE_LENGTH);
  if (added === '') return notes;
  if (isNothing(notes)) return added;
  if (`; ${notes}; `.includes(`; ${added}; `)) return notes;
  const whole = `${notes}; ${added}`;
  return [...whole].length > NOTES_LENGTH ? notes : whole;
}

function timeOf(at: number, context: ChangeContext): string {
  return formatTime(at, context.offsetMinutes(at));
}

/** One line without control characters and the white space at its edges. */
function cleaned(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\uFEFF\s]+/gu, ' ')
    .toWellFormed()
    .trim();
}

function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
