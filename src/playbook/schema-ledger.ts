import { z } from 'zod';
import { LEDGER_WORDS } from '../core/playbook.ts';
import { anyText, expected, flag, map, name, named, oneOf, path, text } from './schema-scalar.ts';

/** Names of the files of each format: those it cannot do without, and those it may have. */
export const LEDGER_FILES = {
  table: { required: ['file'], optional: [] },
  checkboxes: { required: ['file'], optional: ['status', 'decisions'] },
  files: { required: ['todo', 'inProgress', 'review', 'testing', 'changelog'], optional: [] },
  queue: { required: ['handoff', 'index', 'results'], optional: [] },
  issues: { required: [], optional: ['file'] },
} as const satisfies Record<string, { required: readonly string[]; optional: readonly string[] }>;

/** Every name above but `status`, which is the short key for words, can be written without `files:` around it. */
export const SHORT_FILES = [
  'file',
  'todo',
  'inProgress',
  'review',
  'testing',
  'changelog',
  'handoff',
  'index',
  'results',
] as const;

/** Canonical columns of a task table (T1), then those that are understood besides. */
export const TABLE_COLUMNS = [
  'id',
  'status',
  'description',
  'issue',
  'repo',
  'branch',
  'depends_on',
  'blocks',
  'agent',
  'started_at',
  'completed_at',
  'estimate',
  'used',
  'notes',
  'title',
  'priority',
  'phase',
  'kind',
  'labels',
] as const;

/** The seed's words for a status beside ours; `ledger.status` takes both, `ledger.words` only ours. */
export const STATUS_WORDS = { 'not-started': 'open', 'in-progress': 'active' } as const;

const words = Object.fromEntries(LEDGER_WORDS.map((word) => [word, text])) as Record<
  (typeof LEDGER_WORDS)[number],
  typeof text
>;
const columns = z.record(text, text, expected('a map of column names'));
const syncShape = { commit: oneOf(['each-change', 'never']), push: flag };

const ledgerShape = {
  format: oneOf(['table', 'checkboxes', 'files', 'queue', 'issues']),
  files: named(path),
};

/** The rest has defaults of its own: a playbook that changes the format starts from these, not from another format's. */
export const ledgerFull = map({
  ...ledgerShape,
  files: ledgerShape.files.default({}),
  columns: columns.default({}),
  words: map({
    open: words.open.default('open'),
    active: words.active.default('active'),
    done: words.done.default('done'),
    failed: words.failed.default('failed'),
    cancelled: words.cancelled.default('cancelled'),
  }).prefault({}),
  places: named(name).default({}),
  sync: map({ commit: syncShape.commit.default('each-change'), push: syncShape.push.default(true) }).prefault({}),
});

const shortFiles = Object.fromEntries(SHORT_FILES.map((file) => [file, path])) as Record<
  (typeof SHORT_FILES)[number],
  typeof path
>;

export const ledgerSource = map({
  ...ledgerShape,
  ...shortFiles,
  columns,
  words: map(words).partial(),
  status: map({ 'not-started': text, 'in-progress': text, ...words }).partial(),
  places: named(name),
  sync: map(syncShape).partial(),
}).partial();

export const vars = z.record(
  z.string().regex(/^[A-Za-z0-9_-]+$/, expected('a name of letters, digits, "_" and "-"')),
  anyText,
  expected('a map of names'),
);
