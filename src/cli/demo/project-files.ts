/** What the throwaway project of `cox demo` is made of. The script agent writes `work/<id>.md`; the gate reads it. */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  'README.md': `# Rowing club

A small project, made by \`cox demo\`. The crew writes a page for each task into \`work/\`.
`,
  'docs/tasks.md': `# Tasks

## Phase 1 - Boathouse

| id     | status      | description                        | branch          | depends_on     | agent   | started_at                | completed_at              | estimate | used  |
|--------|-------------|------------------------------------|-----------------|----------------|---------|---------------------------|---------------------------|----------|-------|
| BH-001 | not-started | Describe the boats                 | boathouse/boats |                |         |                           |                           | 4K       |       |
| BH-002 | not-started | Describe the oars                  | boathouse/oars  |                |         |                           |                           | 3K       |       |
| BH-003 | not-started | Plan the boat rack                 | boathouse/rack  | BH-001         |         |                           |                           | 6K       |       |
| BH-004 | not-started | Check every boat has its oars      | boathouse/check | BH-001, BH-002 |         |                           |                           | 5K       |       |
| BH-005 | not-started | Write the safety rules             | boathouse/rules |                |         |                           |                           | 2K       |       |

## Phase 2 - Regatta

| id     | status      | description                        | branch          | depends_on     | agent   | started_at                | completed_at              | estimate | used  |
|--------|-------------|------------------------------------|-----------------|----------------|---------|---------------------------|---------------------------|----------|-------|
| RG-001 | not-started | Draw up the heats                  | regatta/heats   | BH-004         |         |                           |                           | 8K       |       |
| RG-002 | not-started | Invite the other clubs             | regatta/invite  |                |         |                           |                           | 2K       |       |
| RG-003 | not-started | Assign boats to heats              | regatta/assign  | RG-001, BH-003 |         |                           |                           | 7K       |       |
| RG-004 | not-started | Print the programme                | regatta/print   | RG-002, RG-003 |         |                           |                           | 4K       |       |
`,
  'test/pages.test.mjs': `import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const pages = readdirSync('work').filter((name) => name.endsWith('.md'));

test('there is work', () => assert.ok(pages.length > 0));

for (const page of pages) {
  test(page + ' is a finished page', () => {
    const text = readFileSync('work/' + page, 'utf8');
    assert.match(text, /^# /, 'a page begins with its title');
    assert.doesNotMatch(text, /BROKEN/, 'nothing in it is broken');
  });
}
`,
  'coxswain.yaml': `# The demo: a crew of three, one gate, and the built-in script agent in place of a model.
playbook: task-table
ledger: { file: docs/tasks.md }
limit: 3
agents:
  default:
    kind: script
    command:
      - 'sleep:700'
      - 'BH-001: usage:3600'
      - 'BH-002: usage:3100'
      - 'BH-003: usage:5200'
      - 'BH-004: usage:4700'
      - 'BH-005: usage:1500'
      - 'RG-001: usage:7400'
      - 'RG-002: usage:1900'
      - 'RG-003: usage:6800'
      - 'RG-004: usage:3900'
      # The first try at the rack is wrong: its gate finds it, and the second try is told what it said.
      - 'BH-003#1: red'
gates:
  - { name: test, run: node --test, timeout: 1m }
git: { remote: origin, base: main, push: true }
`,
};
