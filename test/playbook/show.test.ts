import { describe, expect, test } from 'vitest';
import type { Playbook } from '../../src/core/playbook.ts';
import { BUILTIN_PLAYBOOKS, loadPlaybook, showPlaybook } from '../../src/playbook/index.ts';
import { parseRung, spellRung } from '../../src/playbook/rung.ts';
import { loadText, playbookOf } from './load-text.ts';

/** The source of a prompt is where it was read; everything else must come back. */
function sourceless(playbook: Playbook): Playbook {
  const prompts = Object.entries(playbook.prompts).map(([name, { text }]) => [name, { source: '', text }]);
  return { ...playbook, prompts: Object.fromEntries(prompts) };
}

describe('what is shown is the whole playbook', () => {
  test.each(BUILTIN_PLAYBOOKS)('%s, read again, is the same', async (name) => {
    const playbook = playbookOf(await loadPlaybook(name));
    expect(sourceless(playbookOf(await loadText(showPlaybook(playbook))))).toEqual(sourceless(playbook));
  });

  test('with everything a project can change', async () => {
    const playbook = playbookOf(
      await loadText(`playbook: pipeline
limit: 2
agents: {default: {kind: command, command: [node, a.mjs], env: {A: "1"}, passEnv: [HOME]}}
gates: [{name: t, run: "x: y # z", timeout: 1500ms, cwd: web}]
repos: {web: {path: ../web, gates: [t]}}
merge: {gates: [t]}
checkpoint: after-batch:2
limits: {run: 90m, budgetUsd: 0.5, prompt: 12345}
prompts: {reviewer: {text: "one line {id}"}}
retry: {ladder: {gate: [same-session+think:5+model:m, "agent:default", "back:review", stop]}}
steps: {afterRun: [{do: check, name: s, run: t, timeout: 2h}, handoff]}
notify: {run: n}
`),
    );
    expect(sourceless(playbookOf(await loadText(showPlaybook(playbook))))).toEqual(sourceless(playbook));
  });

  test('names where a prompt came from', async () => {
    expect(showPlaybook(playbookOf(await loadPlaybook('waves')))).toContain('# builtin:waves/package-builder.md');
  });
});

test.each([
  'fresh',
  'same-session',
  'think:10000',
  'same-session+think:1+model:a+agent:b',
  'back:x',
  'park',
  'handoff',
  'escalate',
  'fail',
  'stop',
])('the rung %s has one spelling', (word) => {
  const rung = parseRung(word);
  expect(rung && spellRung(rung)).toBe(word);
});

test.each([
  '',
  'think',
  'think:',
  'think:x',
  'think:-1',
  'back:',
  'back:a b',
  'fresh+fresh',
  'fresh+fail',
  'same-session+fresh',
  'model:a b',
  'Fresh',
])('%j is no rung', (word) => {
  expect(parseRung(word)).toBeUndefined();
});
