import { Document, isMap, isScalar, visit } from 'yaml';
import type { Playbook, Stage, Step, Way } from '../core/playbook.ts';
import { spellRung } from './rung.ts';
import { spellDuration } from './schema-scalar.ts';

/** The effective playbook as YAML in the full form (`cox playbook show`). Reading it again gives the same playbook. */
export function showPlaybook(playbook: Playbook): string {
  const document = new Document(fullForm(playbook), { version: '1.2', aliasDuplicateObjects: false });
  visit(document, {
    Pair: (_, pair) => {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      const isPrompt = isScalar(pair.value) && typeof pair.value.value === 'string' && pair.value.value.includes('\n');
      if (isPrompt && name === 'text' && isScalar(pair.value)) pair.value.type = 'BLOCK_LITERAL';
    },
  });
  for (const [name, { source }] of Object.entries(playbook.prompts)) {
    const prompt = document.getIn(['prompts', name], true);
    if (isMap(prompt)) prompt.commentBefore = ` ${source}`;
  }
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}

function fullForm(playbook: Playbook): Record<string, unknown> {
  const { ledger, admission, retry, limits } = playbook;
  return {
    name: playbook.name,
    ledger,
    admission: { ...admission, waveSize: admission.unit === 'wave' ? admission.waveSize : undefined },
    workspace: playbook.workspace,
    ways: playbook.ways.map(way),
    retry: {
      attempts: retry.attempts,
      ladder: Object.fromEntries(
        Object.entries(retry.ladder).map(([failure, rungs]) => [failure, rungs.map(spellRung)]),
      ),
      bounds: retry.bounds,
      park: spellDuration(retry.parkMs),
    },
    steps: {
      preflight: playbook.steps.preflight.map(step),
      afterGroup: playbook.steps.afterGroup.map(step),
      afterPhase: playbook.steps.afterPhase.map(step),
      afterRun: playbook.steps.afterRun.map(step),
      recheck: spellDuration(playbook.steps.recheckMs),
      giveUp: spellDuration(playbook.steps.giveUpMs),
    },
    checkpoint:
      playbook.checkpoint.mode === 'after-batch'
        ? `after-batch:${playbook.checkpoint.every}`
        : playbook.checkpoint.mode,
    escalation: playbook.escalation,
    own: playbook.own,
    session: { reuse: playbook.session.reuse, minFree: `${playbook.session.minFreePercent}%` },
    agents: Object.fromEntries(
      Object.entries(playbook.agents).map(([name, agent]) => [name, withoutEmptyCommand(agent)]),
    ),
    gates: playbook.gates.map(({ timeoutMs, ...gate }) => ({ ...gate, timeout: spellDuration(timeoutMs) })),
    reports: playbook.reports,
    prompts: Object.fromEntries(Object.entries(playbook.prompts).map(([name, { text }]) => [name, { text }])),
    git: playbook.git,
    repos: playbook.repos,
    vars: playbook.vars,
    limits: {
      attemptOutput: limits.attemptOutputBytes,
      gateOutput: limits.gateOutputBytes,
      prompt: limits.promptBytes,
      evidence: limits.evidenceBytes,
      run: limits.runMs === null ? null : spellDuration(limits.runMs),
      budgetTokens: limits.budgetTokens,
      budgetUsd: limits.budgetUsd,
      fences: limits.fences,
      grace: spellDuration(limits.graceMs),
      sync: spellDuration(limits.syncMs),
    },
    issue: playbook.issue,
    pr: playbook.pr,
    notify: playbook.notify,
  };
}

function way({ stages, ...rest }: Way): Record<string, unknown> {
  return { ...rest, stages: stages.map(stage) };
}

function stage(source: Stage): Record<string, unknown> {
  if (source.do !== 'agent') return { ...source };
  const { timeoutMs, ...rest } = source;
  return { ...rest, timeout: spellDuration(timeoutMs) };
}

function step(source: Step): Record<string, unknown> {
  if (source.do !== 'check') return { ...source };
  const { timeoutMs, ...rest } = source;
  return { ...rest, timeout: spellDuration(timeoutMs) };
}

/** An empty command is no command: people cannot write it. */
function withoutEmptyCommand({ command, ...agent }: Playbook['agents'][string]): Record<string, unknown> {
  return command.length === 0 ? agent : { ...agent, command };
}
