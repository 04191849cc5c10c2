import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Playbook } from '../../src/core/playbook.ts';
import { BUILTIN_PLAYBOOKS, loadPlaybook } from '../../src/playbook/index.ts';
import { loadFiles, playbookOf } from './load-text.ts';

const FOLDER = join(import.meta.dirname, '../../src/playbook/builtin');

async function builtin(name: string): Promise<Playbook> {
  return playbookOf(await loadPlaybook(name));
}

describe.each(BUILTIN_PLAYBOOKS)('%s', (name) => {
  test('loads without a problem or a warning', async () => {
    const loaded = await loadPlaybook(name);
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
    expect(playbookOf(loaded).name).toBe(name);
  });

  test('is the same playbook under another name, read from a project like any other', async () => {
    const renamed: Record<string, string> = { 'coxswain.yaml': 'playbook: crews/quite-different/playbook.yaml' };
    for (const file of await readdir(join(FOLDER, name))) {
      renamed[`crews/quite-different/${file}`] = await readFile(join(FOLDER, name, file), 'utf8');
    }
    const copy = playbookOf(await loadFiles(renamed));
    expect(copy.name).toBe('quite-different');
    expect(nameless(copy)).toEqual(nameless(await builtin(name)));
  });

  test('names only prompts, reports and stages that it has', async () => {
    const playbook = await builtin(name);
    for (const way of playbook.ways) {
      for (const stage of way.stages) {
        expect(Object.values(stage.on).every((target) => way.stages.some((other) => other.name === target))).toBe(true);
        if (stage.do !== 'agent') continue;
        expect(playbook.prompts).toHaveProperty([stage.prompt]);
        if (stage.report !== null) expect(playbook.reports).toHaveProperty([stage.report]);
      }
    }
  });

  test('keeps its configuration, which names the gates, out of the hands of workers (S1)', async () => {
    expect((await builtin(name)).own.orchestrator).toContain('coxswain.yaml');
  });

  test('tells no worker to push or merge (T6)', async () => {
    for (const { text } of Object.values((await builtin(name)).prompts)) {
      expect(text.split('\n').filter((line) => /`git (?:push|merge|worktree|checkout)/.test(line))).toEqual([]);
    }
  });
});

function nameless(playbook: Playbook) {
  const prompts = Object.entries(playbook.prompts).map(([prompt, { text }]) => [prompt, text]);
  return { ...playbook, name: '', prompts: Object.fromEntries(prompts) };
}

describe('the rules of the seeds, as data', () => {
  test('task-table: one at a time, a red gate goes back to the worker, two attempts, the branch is pushed (T3, T6)', async () => {
    const playbook = await builtin('task-table');
    expect(playbook.admission).toMatchObject({
      limit: 1,
      unit: 'task',
      exclusive: ['{repo}/{branch}'],
      phases: { by: 'heading' },
    });
    expect(playbook.ways[0]?.stages).toMatchObject([
      { name: 'work', do: 'agent', expects: ['commit', 'report'], report: 'task-result' },
      { name: 'gates', do: 'gate', gates: [], on: { red: 'work' } },
      { name: 'land', do: 'land', how: 'push' },
    ]);
    expect(playbook.retry.attempts).toBe(2);
    expect(playbook.retry.ladder).toMatchObject({
      default: [{ do: 'retry', session: 'same' }, { do: 'fail' }],
      ownership: [{ do: 'retry', session: 'fresh' }, { do: 'fail' }],
      workspace: [{ do: 'escalate' }],
      config: [{ do: 'escalate' }],
    });
    expect(playbook.ledger.words).toEqual({
      open: 'not-started',
      active: 'in-progress',
      done: 'done',
      failed: 'failed',
      cancelled: 'failed',
    });
    expect(playbook.reports['task-result']?.fields.status).toMatchObject({
      means: 'status',
      map: { success: 'success', failed: 'failed', blocked: 'blocked' },
    });
  });

  test('pipeline: six in one pool, 15, 10 and 15 minutes, nearly done first (K3, K5, K9)', async () => {
    const playbook = await builtin('pipeline');
    expect(playbook.admission).toMatchObject({
      limit: 6,
      caps: { implement: 6 },
      order: ['nearest-done', 'priority', 'document'],
    });
    expect(playbook.ways[0]?.stages).toMatchObject([
      { name: 'implement', timeoutMs: 900_000 },
      { name: 'review', timeoutMs: 600_000, accept: 'ready', on: { approach_wrong: 'implement' } },
      { name: 'test', timeoutMs: 900_000, mergeBase: true, on: { exhausted: 'review' } },
      { name: 'merge', how: 'merge', on: { conflict: 'test' } },
    ]);
    expect(playbook.escalation).toEqual({
      choices: ['manual', 'rescope', 'deprioritise', 'abandon'],
      retryMark: '[RETRY]',
      escalatedMark: '[ESCALATED]',
    });
  });

  test('work-packages: groups of at most three, one try, a checkpoint after each (P2, P3, P8)', async () => {
    const playbook = await builtin('work-packages');
    expect(playbook.admission).toMatchObject({ limit: 3, unit: 'group', barrier: 'settled' });
    expect(playbook.admission.phases.active).toEqual({ file: 'CLAUDE.md', heading: 'Aktiver Scope' });
    expect(playbook.steps.afterGroup.map((step) => step.do)).toEqual(['consolidate', 'checkpoint']);
    expect(playbook.steps.afterPhase.map((step) => step.do)).toEqual(['hard-stop']);
    expect(playbook.retry).toMatchObject({ attempts: 1, ladder: { default: [{ do: 'fail' }] } });
    expect(playbook.own.worker).toEqual(['outputs/{task}.md']);
  });

  test('waves: at most three, results on disk with exactly the fields of the seed (W2, W3)', async () => {
    const playbook = await builtin('waves');
    expect(playbook.admission).toMatchObject({ limit: 3, unit: 'wave', waveSize: 3, barrier: 'settled' });
    const result = playbook.reports.result;
    expect(result).toMatchObject({ from: 'file', path: 'build-results/{id}.md' });
    expect(Object.keys(result?.fields ?? {})).toEqual([
      'package',
      'version',
      'status',
      'rpms',
      'staged',
      'summary',
      'rule_file',
    ]);
    expect(result?.fields.status?.map).toEqual({ SUCCESS: 'success', FAILED: 'failed', BLOCKED: 'blocked' });
    expect(playbook.retry.ladder.agent).toEqual([{ do: 'fail' }]);
  });

  test('coordinator: by kind and title, more thinking with each try, then stop (C2, C3, C6, C8)', async () => {
    const playbook = await builtin('coordinator');
    expect(playbook.ways[0]).toMatchObject({ container: true, match: { kind: ['phase', 'feature', 'epic'] } });
    expect(playbook.ways.at(-1)).toMatchObject({
      match: null,
      stages: [{ role: 'coder', expects: ['commit', 'issue'] }, { how: 'merge' }],
    });
    expect(playbook.retry.attempts).toBe(4);
    expect(playbook.retry.ladder.default).toEqual([
      { do: 'retry', session: 'fresh', think: 10_000 },
      { do: 'retry', session: 'fresh', think: 20_000 },
      { do: 'retry', session: 'fresh', think: 30_000 },
      { do: 'stop' },
    ]);
    expect(playbook.session).toEqual({ reuse: 'parent', minFreePercent: 35 });
    expect(playbook.ways.find(({ name }) => name === 'verify')?.stages[0]).toMatchObject({ session: 'fresh' });
  });
});

test('a sixth, in YAML alone, mixes the stages of the pipeline with waves', async () => {
  const yaml = `
ledger: {format: table, file: docs/tasks.md, status: {not-started: todo, in-progress: doing, done: ready}}
admission: {limit: 4, unit: wave, waveSize: 2, order: [nearest-done, document]}
ways:
  - name: docs
    match: {label: docs}
    stages:
      - {name: write, do: agent, prompt: write.md, expects: commit}
      - {name: merge, do: land, how: merge}
  - stages:
      - {name: implement, do: agent, role: task-agent, prompt: write.md, timeout: 15m, expects: commit}
      - {name: review, do: agent, role: reviewer, prompt: review, report: review, accept: ready, on: {approach_wrong: implement}}
      - {name: check, do: gate, on: {red: implement}}
      - {name: merge, do: land, how: merge, gates: [test], on: {conflict: implement}}
gates: [{name: test, run: npm test}]
steps: {afterGroup: [consolidate, {do: check, name: smoke, run: npm run smoke}]}
reports:
  review: {from: json, fields: {ready: {type: boolean}, approach_wrong: {type: boolean}, findings: {type: string, means: notes}}}
prompts:
  review: {text: "Review {branch}: git diff {base}...HEAD"}
`;
  const files = { 'coxswain.yaml': 'playbook: ./sixth.yaml\nlimit: 3', 'sixth.yaml': yaml, 'write.md': 'Do {title}.' };
  const playbook = playbookOf(await loadFiles(files));
  expect(playbook).toMatchObject({ name: 'sixth', admission: { limit: 3, unit: 'wave', waveSize: 2 } });
  expect(playbook.ways.map((way) => way.stages.map(({ name }) => name))).toEqual([
    ['write', 'merge'],
    ['implement', 'review', 'check', 'merge'],
  ]);
  expect(playbook.prompts['write.md']).toEqual({ source: 'write.md', text: 'Do {title}.' });
});
