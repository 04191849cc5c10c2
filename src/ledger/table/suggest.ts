import { LEDGER_WORDS, type LedgerWord } from '../../core/playbook.ts';
import { fold, TABLE_WORDS } from './options.ts';

/** Headers people give to what we know under another name, folded, best first. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  id: [
    'id',
    'task_id',
    'taskid',
    'ticket_id',
    'key',
    'plan',
    'task_#',
    '#',
    'no',
    'no.',
    'nr',
    'nr.',
    'number',
    'ref',
    'package',
    'wp',
  ],
  status: ['status', 'state', 'progress', 'zustand', 'stand', 'done', 'done?'],
  description: [
    'description',
    'task',
    'title',
    'ticket',
    'task_/_area',
    'summary',
    'name',
    'what',
    'item',
    'feature',
    'bug',
    'aufgabe',
    'beschreibung',
    'titel',
  ],
  issue: ['issue', 'github_issue', 'gh', 'github_tracker', 'tracker'],
  repo: ['repo', 'repository', 'project', 'workspace', 'projekt'],
  branch: ['branch', 'git_branch'],
  depends_on: [
    'depends_on',
    'dependencies',
    'depends',
    'deps',
    'dependency',
    'blocked_by',
    'blocked_on',
    'requires',
    'needs',
    'prerequisites',
    'abhängig_von',
    'abhängigkeiten',
  ],
  blocks: ['blocks', 'unblocks', 'blocking', 'blockiert'],
  agent: ['agent', 'owner', 'assigned', 'assignee', 'agent_id', 'assigned_to', 'zuständig'],
  started_at: ['started_at', 'started', 'claimed_at', 'start', 'begonnen'],
  completed_at: ['completed_at', 'completed', 'finished', 'done_at', 'end', 'fertig_am'],
  estimate: ['estimate', 'est', 'est.', 'tokens', 'schätzung'],
  used: ['used', 'actual', 'spent', 'verbraucht'],
  notes: ['notes', 'note', 'comment', 'comments', 'remarks', 'current_note', 'notizen', 'bemerkung'],
  priority: ['priority', 'pri', 'prio', 'priorität'],
  phase: ['phase', 'milestone', 'stage', 'meilenstein'],
};

/** Words people write for a state, folded and without symbols. */
const WORDS: Readonly<Record<LedgerWord, readonly string[]>> = {
  open: [
    'not_started',
    'todo',
    'to_do',
    'open',
    'pending',
    'planned',
    'backlog',
    'ready',
    'queued',
    'new',
    'offen',
    'geplant',
    '⬜',
    '⏳',
    '🔲',
    '☐',
    '[]',
  ],
  active: [
    'in_progress',
    'wip',
    'doing',
    'active',
    'started',
    'ongoing',
    'running',
    'claimed',
    'in_arbeit',
    '🔄',
    '🚧',
    '🟡',
    '▶',
  ],
  done: [
    'done',
    'complete',
    'completed',
    'closed',
    'finished',
    'merged',
    'shipped',
    'resolved',
    'fixed',
    'erledigt',
    'fertig',
    '✅',
    '☑',
    '✔',
    '[x]',
    'x',
  ],
  failed: ['failed', 'error', 'broken', 'fehlgeschlagen', '❌'],
  cancelled: [
    'cancelled',
    'canceled',
    'skipped',
    'rejected',
    'dropped',
    'wont_do',
    "won't_do",
    'obsolete',
    'superseded',
    'abgebrochen',
    '🚫',
  ],
};

export interface Suggestion {
  /** For `ledger.columns`; only names that differ from the canonical one. */
  readonly columns: Readonly<Record<string, string>>;
  /** For `ledger.status`; complete. */
  readonly words: Readonly<Record<LedgerWord, string>>;
  /** Status values that no word was found for, or a second spelling of one: the document cannot be read with them. */
  readonly unread: readonly string[];
}

/**
 * What `cox init` proposes for a table as people keep it; null: no column looks like an id, or none like a status.
 *
 * @param rows texts of the cells, by row
 */
export function suggestMapping(headers: readonly string[], rows: readonly (readonly string[])[]): Suggestion | null {
  const found = new Map<string, number>();
  const taken = new Set<number>();
  for (const [name, spellings] of Object.entries(HEADERS)) {
    const index = bestHeader(headers, spellings, taken);
    if (index === -1) continue;
    found.set(name, index);
    taken.add(index);
  }
  const status = found.get('status');
  if (status === undefined || !found.has('id')) return null;
  const columns: Record<string, string> = {};
  for (const [name, index] of found) {
    const header = headers[index] ?? '';
    if (fold(header) !== name) columns[name] = header;
  }
  return { columns, ...suggestWords(rows.map((row) => row[status] ?? '')) };
}

function bestHeader(headers: readonly string[], spellings: readonly string[], taken: ReadonlySet<number>): number {
  for (const spelling of spellings) {
    const index = headers.findIndex((header, at) => !taken.has(at) && fold(header) === spelling);
    if (index !== -1) return index;
  }
  return -1;
}

/** The most frequent spelling of each word; what folds to it is read with it. */
function suggestWords(values: readonly string[]): Pick<Suggestion, 'words' | 'unread'> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const words: Record<LedgerWord, string> = { ...TABLE_WORDS };
  const spelled = new Map<LedgerWord, string>();
  const unread: string[] = [];
  for (const [value] of [...counts].toSorted((a, b) => b[1] - a[1])) {
    const word = wordOf(value);
    const before = word && spelled.get(word);
    if (word === null) unread.push(value);
    else if (before === undefined) spelled.set(word, value);
    else if (before !== null && fold(before) !== fold(value)) unread.push(value);
  }
  for (const [word, value] of spelled) words[word] = value.replace(/[*`]/g, '').trim();
  return { words, unread };
}

function wordOf(value: string): LedgerWord | null {
  const folded = fold(value).replace(/\ufe0f/g, '');
  // `✅ done` is the word beside its symbol.
  const bare = fold(folded.replace(/^[^\p{L}\p{N}]+/u, ''));
  const is = (text: string) => LEDGER_WORDS.find((word) => WORDS[word].includes(text)) ?? null;
  return folded === '' ? null : (is(folded) ?? is(bare));
}
