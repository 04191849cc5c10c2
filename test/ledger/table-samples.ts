import type { Documents } from '../../src/testing/ledger-conformance.ts';
import { doc, FILE } from './table-subject.ts';

const HEADER =
  '| id | status | description | issue | repo | branch | depends_on | blocks | agent | started_at | completed_at | estimate | used | notes |';
const RULE = '|---|---|---|---|---|---|---|---|---|---|---|---|---|---|';

export const PLAIN = [
  '# Tasks',
  '',
  HEADER,
  RULE,
  '| MS-1 | not-started | First | #12 | api | fix/one | | MS-2 | | | | 5K | | |',
  '| MS-2 | not-started | Second \\| with a pipe and `a \\| b` | | api | fix/two | MS-1 | | | | | 4.2K | | old note |',
  '| MS-3 | done | Third | | web | fix/three | - | | sonnet | 2026-02-05T10:00:00-06:00 | 2026-02-05T11:00:00-06:00 | 10K | 8.1K | |',
  '',
  'Prose after the table.',
  '',
].join('\n');

const ALIGNED = [
  '## Phase 1 - First',
  '',
  '| ID    | Status      | Description | Depends On   |',
  '|-------|:-----------:|:------------|-------------:|',
  '| MS-1  | not-started | One         |              |',
  '| MS-2  |    done     | Zwei 😀     |         MS-1 |',
  '',
  '## Phase 2 - Second',
  '',
  '| description | id    | STATUS        | depends-on  | extra |',
  '| ----------- | ----- | ------------- | ----------- | ----- |',
  '| Three       | MS-3  | `in-progress` | MS-1, MS-2  | *x*   |',
  '| Four        | MS-4  | **not started** | MS-*3     |       |',
  '',
  '| Symbol | Status |',
  '|---|---|',
  '| x | whatever |',
].join('\n');

const EDGELESS = [
  'id | status | notes',
  '--- | --- | ---',
  'a.1 | not-started | x',
  'a.2 | not-started | ',
  'a.3 | failed |',
  '',
].join('\n');

const HIDDEN = [
  '<!--',
  HEADER,
  RULE,
  '| OLD | nonsense |',
  '-->',
  '```md',
  HEADER,
  RULE,
  '```',
  '- a list',
  '',
  '  | id | status |',
  '  |----|--------|',
  '  | l1 | not-started |',
  '  | l2 | not-started |',
  '',
].join('\n');

export const VALID: Readonly<Record<string, Documents>> = {
  'columns of the seed': doc(PLAIN),
  'CRLF and a byte order mark': doc(`\uFEFF${PLAIN.replaceAll('\n', '\r\n')}`),
  'mixed line endings, none at the end': doc(
    PLAIN.replace('\n', '\r\n').trimEnd().replace('\n\nProse after the table.', ''),
  ),
  'several aligned tables': doc(ALIGNED.replace('MS-*3', 'MS-3')),
  'no pipes at the edges': doc(EDGELESS),
  'beside a comment and a fence, in a list': doc(HIDDEN),
};

const row = (cells: string) => [HEADER, RULE, cells, ''].join('\n');
const two = (first: string, second: string) => ['|id|status|depends_on|', '|-|-|-|', first, second].join('\n');

/** Name -> document, and the place and code of its first problem. */
export const BROKEN: Readonly<Record<string, { readonly documents: Documents; readonly at: string }>> = {
  'empty file': { documents: doc(''), at: '1:1 empty-file' },
  'blank file': { documents: doc('\n \n'), at: '1:1 empty-file' },
  'no table': { documents: doc('# Tasks\n\nid | status\n'), at: '1:1 no-table' },
  'no id column': { documents: doc('x\n\n| name | status |\n|---|---|\n| a | done |\n'), at: '3:1 no-id-column' },
  'no status column': { documents: doc('| id | state |\n|---|---|\n| a | done |\n'), at: '1:1 no-status-column' },
  'two status columns': {
    documents: doc('| id | status | Status |\n|-|-|-|\n| a | done | done |\n'),
    at: '1:17 duplicate-column',
  },
  'duplicate ids': { documents: doc(two('| a | done | |', '| a | done | |')), at: '4:3 duplicate-id' },
  'empty id': { documents: doc(two('| a | done | |', '|  | done | |')), at: '4:3 empty-id' },
  'dash for an id': { documents: doc(two('| a | done | |', '| - | done | |')), at: '4:3 empty-id' },
  'unknown status': { documents: doc(two('| a | done | |', '| 😀b | finished | |')), at: '4:3 unsafe-id' },
  'unknown status after a wide character': {
    documents: doc(two('| a | done | |', '| ä𐐀 | finished | |')),
    at: '4:8 unknown-status',
  },
  'empty status': { documents: doc(two('| a | done | |', '| b |  | |')), at: '4:7 unknown-status' },
  'unknown dependency': { documents: doc(two('| a | done | |', '| b | done | a, c |')), at: '4:17 unknown-dependency' },
  'pattern without a match': {
    documents: doc(two('| a | done | |', '| b | done | c-* |')),
    at: '4:14 unknown-dependency',
  },
  'self-dependency': { documents: doc(two('| a | done | |', '| b | done | a b |')), at: '4:16 self-dependency' },
  cycle: { documents: doc(two('| a | done | b |', '| b | done | a |')), at: '3:14 cycle' },
  'path trick in an id': { documents: doc(two('| ../x | done | |', '| b | done | |')), at: '3:3 unsafe-id' },
  'shell trick in an id': { documents: doc(two('| a;rm | done | |', '| b | done | |')), at: '3:3 unsafe-id' },
  'option as an id': { documents: doc(two('| -f | done | |', '| b | done | |')), at: '3:3 unsafe-id' },
  'space in an id': { documents: doc(two('| a b | done | |', '| b | done | |')), at: '3:3 unsafe-id' },
  'shell trick in a branch': {
    documents: doc(row('| a | done | x | | | x;rm | | | | | | | | |')),
    at: '3:22 unsafe-branch',
  },
  'option as a branch': { documents: doc(row('| a | done | x | | | -f | | | | | | | | |')), at: '3:22 unsafe-branch' },
  'path trick in a branch': {
    documents: doc(row('| a | done | x | | | ../x | | | | | | | | |')),
    at: '3:22 unsafe-branch',
  },
  'branch equal to the base': {
    documents: doc(row('| a | done | x | | | `main` | | | | | | | | |')),
    at: '3:22 branch-is-base',
  },
  'option as an issue': {
    documents: doc(row('| a | done | x | --web | | | | | | | | | | |')),
    at: '3:18 unsafe-issue',
  },
  'row too short': { documents: doc('|id|status|\n|-|-|\n|a|done|\n|b|\n'), at: '4:4 row-too-short' },
  'prose right after the table': {
    documents: doc('|id|status|\n|-|-|\n|a|done|\nand so on\n'),
    at: '4:10 row-too-short',
  },
  'row too long': { documents: doc('|id|status|\n|-|-|\n|a|done|\n| b | done | c |\n'), at: '4:13 row-too-long' },
  'invalid UTF-8': { documents: { [FILE]: Buffer.from('7c69640ac3a4ff0a', 'hex') }, at: '2:2 invalid-utf8' },
  'NUL character': { documents: doc('|id|status|\n|-|-|\n|a\0|done|\n'), at: '3:3 nul-character' },
};
