import { describe, expect, test } from 'vitest';
import { loadFiles, loadText, playbookOf } from './load-text.ts';

async function load(yaml: string, playbook = 'task-table') {
  return playbookOf(await loadText(`playbook: ${playbook}\n${yaml}`));
}

describe('each short key lowers to the full form (I1)', () => {
  test('the example of the documentation', async () => {
    const playbook = await load(`ledger: { file: docs/tasks.md }
limit: 1
agents:
  default: { kind: command, command: [node, agent.mjs], env: { NAME: value } }
  strong: { kind: claude, bin: claude, model: opus }
gates:
  - { name: test, run: npm test, timeout: 10m }
git: { remote: origin, base: main, push: true }
repos: { api: ., web: { path: ../web, base: main } }
retry: { attempts: 2 }`);
    expect(playbook.agents).toEqual({
      default: {
        kind: 'command',
        command: ['node', 'agent.mjs'],
        env: { NAME: 'value' },
        passEnv: [],
        bin: null,
        model: null,
      },
      strong: { kind: 'claude', command: [], env: {}, passEnv: [], bin: 'claude', model: 'opus' },
    });
    expect(playbook.gates).toEqual([{ name: 'test', run: 'npm test', timeoutMs: 600_000, cwd: null }]);
    expect(playbook.repos).toEqual({
      api: { path: '.', base: null, remote: null, gates: null },
      web: { path: '../web', base: 'main', remote: null, gates: null },
    });
    expect(playbook.git).toEqual({ remote: 'origin', base: 'main', push: true });
  });

  test('limit', async () => {
    expect((await load('limit: 4')).admission.limit).toBe(4);
    expect((await load('limit: 2', 'waves')).admission).toMatchObject({ limit: 2, waveSize: 3 });
  });

  test('ledger: file, columns, status', async () => {
    const { ledger } = await load(
      'ledger: {file: ./Aufgaben.md, columns: {id: Nummer}, status: {not-started: offen, active: läuft, done: fertig}}',
    );
    expect(ledger).toMatchObject({
      format: 'table',
      files: { file: 'Aufgaben.md' },
      columns: { id: 'Nummer' },
      words: { open: 'offen', active: 'läuft', done: 'fertig', failed: 'failed' },
    });
  });

  test('the five files of the pipeline', async () => {
    const { ledger } = await load(
      'ledger: {todo: a.md, inProgress: b.md, review: c.md, testing: d.md, changelog: e.md}',
      'pipeline',
    );
    expect(ledger.files).toEqual({
      todo: 'a.md',
      inProgress: 'b.md',
      review: 'c.md',
      testing: 'd.md',
      changelog: 'e.md',
    });
  });

  test('retry: one class replaced, the others kept', async () => {
    const { retry } = await load(
      'retry: {attempts: 3, ladder: {gate: [same-session+think:10K, "model:opus", "back:work", escalate]}}',
    );
    expect(retry.attempts).toBe(3);
    expect(retry.ladder.gate).toEqual([
      { do: 'retry', session: 'same', think: 10_000 },
      { do: 'retry', session: 'fresh', model: 'opus' },
      { do: 'back', stage: 'work' },
      { do: 'escalate' },
    ]);
    expect(retry.ladder.default).toEqual([{ do: 'retry', session: 'same' }, { do: 'fail' }]);
  });

  test('stages by name', async () => {
    const playbook = await load(
      'agents: {fast: {kind: claude}}\nstages: {review: {agent: fast, model: haiku, timeout: 90s, prompt: tester}}',
      'pipeline',
    );
    expect(playbook.ways[0]?.stages[1]).toMatchObject({
      agent: 'fast',
      model: 'haiku',
      timeoutMs: 90_000,
      prompt: 'tester',
      role: 'reviewer',
    });
    expect(playbook.ways[0]?.stages[0]).toMatchObject({ agent: null, model: null, timeoutMs: 900_000 });
  });

  test('a template of the project, named in a stage or under prompts (T4)', async () => {
    const prompt = { 'prompts/mine.md': '{id}: {title}' };
    const byStage = await loadFiles({
      ...prompt,
      'coxswain.yaml': 'playbook: task-table\nstages: {work: {prompt: prompts/mine.md}}',
    });
    expect(playbookOf(byStage).ways[0]?.stages[0]).toMatchObject({ prompt: 'prompts/mine.md' });
    expect(playbookOf(byStage).prompts['prompts/mine.md']?.text).toBe('{id}: {title}');
    const byName = await loadFiles({
      ...prompt,
      'coxswain.yaml': 'playbook: task-table\nprompts: {worker: prompts/mine.md}',
    });
    expect(playbookOf(byName).prompts.worker).toEqual({ source: 'prompts/mine.md', text: '{id}: {title}' });
    expect(byName).toMatchObject({ files: ['coxswain.yaml', 'prompts/mine.md'] });
  });

  test('vars, deps, issue, pr, notify, preflight, owned, outputs, phase, limits', async () => {
    const playbook = await load(`vars: {docs: docs/reports}
deps: ignore
issue: {run: [gh, issue, view, "{issue}"]}
pr: {run: [gh, pr, create, --head, "{branch}"]}
notify: {run: say it}
preflight: [{name: db, run: pg_isready}]
owned: ["{ledger}", "docs/{id}.md"]
outputs: out/{id}.md
phase: {file: CLAUDE.md, heading: Active scope}
limits: {prompt: 40K, evidence: 4KiB, run: 2h, budgetTokens: 1.5M, budgetUsd: 12.5}
own: {worker: ["{output}", src/**]}`);
    expect(playbook).toMatchObject({
      vars: { docs: 'docs/reports' },
      workspace: { deps: 'ignore' },
      issue: { run: ['gh', 'issue', 'view', '{issue}'] },
      pr: { run: ['gh', 'pr', 'create', '--head', '{branch}'] },
      notify: { run: 'say it' },
      steps: { preflight: [{ name: 'db', do: 'check', run: 'pg_isready', timeoutMs: 60_000 }] },
      own: { orchestrator: ['{ledger}', 'docs/{task}.md'], worker: ['out/{task}.md', 'src/**'] },
      admission: { phases: { by: 'heading', active: { file: 'CLAUDE.md', heading: 'Active scope' } } },
      limits: { promptBytes: 40_000, evidenceBytes: 4096, runMs: 7_200_000, budgetTokens: 1_500_000, budgetUsd: 12.5 },
    });
  });

  test('merge: target, push and gates of the merge queue', async () => {
    const playbook = await load(
      'gates: [{name: full, run: make}]\nmerge: {mode: serial, target: trunk, push: false, gates: [full]}',
      'pipeline',
    );
    expect(playbook.git).toMatchObject({ base: 'trunk', push: false });
    expect(playbook.ways[0]?.stages.at(-1)).toMatchObject({ how: 'merge', gates: ['full'] });
  });

  test.each([
    ['after-each', { mode: 'after-each', every: 1 }],
    ['after-batch:3', { mode: 'after-batch', every: 3 }],
    ['at-end', { mode: 'at-end', every: 1 }],
  ])('checkpoint: %s', async (word, checkpoint) => {
    expect((await load(`checkpoint: ${word}`, 'work-packages')).checkpoint).toEqual(checkpoint);
  });

  test('no remote: nothing is pushed', async () => {
    expect((await load('git: {remote: null}')).git).toEqual({ remote: null, base: 'main', push: false });
  });
});

describe('what is laid over what', () => {
  test('an agent of another kind keeps nothing of the one below; of the same kind it is changed', async () => {
    expect((await load('agents: {default: {kind: command, command: [x]}}')).agents.default?.bin).toBeNull();
    expect((await load('agents: {default: {model: opus}}')).agents.default).toMatchObject({
      kind: 'claude',
      bin: 'claude',
      model: 'opus',
    });
  });

  test('phases of another sort keep no patterns', async () => {
    const files = {
      'coxswain.yaml': 'playbook: ./own.yaml\nadmission: {phases: {by: column, column: phase}}',
      'own.yaml': 'playbook: task-table\nadmission: {phases: {by: pattern, patterns: ["A-*"]}}',
    };
    expect(playbookOf(await loadFiles(files)).admission.phases).toEqual({
      by: 'column',
      patterns: [],
      column: 'phase',
      active: null,
    });
  });

  test('a list replaces a list, null takes something away', async () => {
    const files = {
      'coxswain.yaml': 'playbook: ./own.yaml\nissue: null\ngates: []',
      'own.yaml': 'playbook: task-table\nissue: {run: [gh, "{issue}"]}\ngates: [{name: a, run: b}]',
    };
    expect(playbookOf(await loadFiles(files))).toMatchObject({ issue: null, gates: [] });
  });

  test('what will never be used is a warning', async () => {
    const loaded = await loadText('playbook: waves\ngates: [{name: test, run: x}]\nprompts: {mine: {text: hi}}');
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [
        { severity: 'warning', line: 2, column: 1, code: 'unused' },
        { severity: 'warning', line: 3, column: 11, text: 'no stage uses the prompt "mine"' },
      ],
    });
  });
});
