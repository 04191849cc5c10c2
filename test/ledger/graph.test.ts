import { expect, it } from 'vitest';
import { taskGraph } from '../../src/ledger/graph.ts';
import { lintLedger } from '../../src/ledger/lint.ts';
import { suggestMapping } from '../../src/ledger/table/suggest.ts';

const task = (id: string, status: string, dependsOn: string[] = [], phase: string | null = null, title = '') => ({
  fact: { id, title, dependsOn, phase },
  status,
});

it('L7: draws phases, arrows and colours', () => {
  const drawn = taskGraph([
    task('MS-1', 'done', [], 'Phase 1', 'First'),
    task('MS-2', 'running', ['MS-1'], 'Phase 2'),
    task('end', 'ready', ['MS-2', 'gone']),
  ]);
  expect(drawn).toBe(
    [
      'flowchart LR',
      '  subgraph p0["Phase 1"]',
      '    t0["MS-1<br>First"]:::done',
      '  end',
      '  subgraph p1["Phase 2"]',
      '    t1["MS-2"]:::active',
      '  end',
      '  t2["end"]',
      '  t0 --> t1',
      '  t1 --> t2',
      '  classDef done fill:#d3f2d9,stroke:#2e7d46,color:#10301b',
      '  classDef active fill:#d7e8ff,stroke:#1f5fbf,color:#0e2950',
      '',
    ].join('\n'),
  );
});

it('S2: a title cannot write Mermaid or HTML', () => {
  const drawn = taskGraph([task('a', 'done', [], null, '"]; click t0 "javascript:x" <img src=x> `#quot;`\nend')]);
  expect(drawn.split('\n')[1]).toMatch(/^ {2}t0\["a<br>[\p{L}\p{N} .,:/+=#;…-]*"\]:::done$/u);
});

it('L7: lint has everything, by place', () => {
  const problem = (line: number, severity: 'error' | 'warning') => ({
    severity,
    code: 'x',
    file: 'f',
    line,
    column: 1,
    text: 't',
  });
  expect(
    lintLedger({ ok: false, problems: [problem(3, 'error'), problem(1, 'warning')] }).map(({ line }) => line),
  ).toEqual([1, 3]);
});

it('I2: proposes columns and words for a table as people keep it', () => {
  const rows = [
    ['001', 'Do', '—', 'DONE'],
    ['002', 'More', '001', '✅ done'],
    ['003', 'Last', '002', 'TODO'],
    ['004', 'Odd', '002', 'FOLDED INTO 016'],
  ];
  expect(suggestMapping(['Plan', 'Title', 'Depends on', 'Status'], rows)).toEqual({
    columns: { id: 'Plan', description: 'Title' },
    words: { open: 'TODO', active: 'in-progress', done: 'DONE', failed: 'failed', cancelled: 'cancelled' },
    unread: ['✅ done', 'FOLDED INTO 016'],
  });
  expect(suggestMapping(['Name', 'Value'], [])).toBe(null);
});
