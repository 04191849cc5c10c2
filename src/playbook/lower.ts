import type {
  AgentStage,
  LandStage,
  LimitsSpec,
  Match,
  Playbook,
  RetrySpec,
  Rung,
  Stage,
  Step,
  StepsSpec,
  Way,
} from '../core/playbook.ts';
import { parseRung } from './rung.ts';
import type { Full } from './schema.ts';
import type { StepSource } from './schema-run.ts';
import { withoutDot } from './schema-scalar.ts';
import type { StageSource, WaySource } from './schema-way.ts';

/** The full form as people write it, checked, to what the core reads: names resolved, units said, overrides applied. */
export function lower(full: Full): Playbook {
  return {
    version: 1,
    name: full.name,
    ledger: { ...full.ledger, files: mapValues(full.ledger.files, withoutDot) },
    admission: { ...full.admission, waveSize: full.admission.waveSize ?? full.admission.limit },
    workspace: { ...full.workspace, path: withoutDot(full.workspace.path) },
    ways: full.ways.map((way, index) => lowerWay(full, way, index)),
    retry: lowerRetry(full.retry),
    steps: lowerSteps(full.steps),
    checkpoint: full.checkpoint,
    escalation: full.escalation,
    own: {
      orchestrator: full.own.orchestrator.map(ownGlob),
      worker: full.own.worker.flatMap((glob) => withOutputs(glob, full.outputs)).map(ownGlob),
    },
    session: { reuse: full.session.reuse, minFreePercent: full.session.minFree },
    agents: full.agents,
    gates: full.gates.map(({ timeout, cwd, ...gate }) => ({
      ...gate,
      timeoutMs: timeout,
      cwd: cwd === null ? null : withoutDot(cwd),
    })),
    reports: full.reports,
    prompts: mapValues(full.prompts, ({ source, text }) => ({ source, text })),
    git: { ...full.git, push: full.git.push && full.git.remote !== null },
    repos: mapValues(full.repos, (repo) => ({ ...repo, path: withoutDot(repo.path) })),
    vars: full.vars,
    limits: lowerLimits(full.limits),
    issue: full.issue,
    pr: full.pr,
    notify: full.notify,
  };
}

function lowerWay(full: Full, way: WaySource, index: number): Way {
  return {
    name: way.name ?? `way-${index + 1}`,
    match: way.match === null ? null : lowerMatch(way.match),
    container: way.container,
    stages: way.stages.map((stage) => lowerStage(full, stage)),
  };
}

function lowerMatch({ kind, label, title, id }: NonNullable<WaySource['match']>): Match {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(label === undefined ? {} : { label }),
    ...(title === undefined ? {} : { title }),
    ...(id === undefined ? {} : { id }),
  };
}

function lowerStage(full: Full, stage: StageSource): Stage {
  switch (stage.do) {
    case 'agent':
      return lowerAgentStage(full, stage);
    case 'gate':
      return stage;
    case 'land':
      return lowerLandStage(full, stage);
  }
}

/** `stages:` of the project changes it by its name, in every way that has it. */
function lowerAgentStage(full: Full, source: Extract<StageSource, { do: 'agent' }>): AgentStage {
  const { timeout, ...stage } = source;
  const change = full.stages[stage.name] ?? {};
  return {
    ...stage,
    role: stage.role ?? stage.name,
    agent: change.agent ?? stage.agent,
    model: change.model ?? stage.model,
    prompt: change.prompt ?? stage.prompt,
    timeoutMs: change.timeout ?? timeout,
  };
}

function lowerLandStage(full: Full, stage: Extract<StageSource, { do: 'land' }>): LandStage {
  const gates = stage.how === 'merge' ? (full.merge?.gates ?? stage.gates) : stage.gates;
  return { ...stage, gates, paths: stage.paths.flatMap((path) => withOutputs(path, full.outputs)).map(withoutDot) };
}

/** `{output}` is a file of `outputs`, so that nothing but this loader needs to know the key. */
function withOutputs(template: string, outputs: readonly string[]): string[] {
  return template.includes('{output}')
    ? outputs.map((output) => template.replaceAll('{output}', () => withoutDot(output)))
    : [template];
}

/** The core fills `{task}` in globs (O1); people may write `{id}` as everywhere else. */
function ownGlob(glob: string): string {
  return withoutDot(glob).replaceAll('{id}', '{task}');
}

function lowerRetry({ park, ladder, ...retry }: Full['retry']): RetrySpec {
  return { ...retry, parkMs: park, ladder: mapValues(ladder, (words) => words.map(lowerRung)) };
}

function lowerRung(word: string): Rung {
  const rung = parseRung(word);
  if (rung === undefined) throw new Error(`the schema let the rung ${JSON.stringify(word)} through`);
  return rung;
}

function lowerSteps(steps: Full['steps']): StepsSpec {
  return {
    preflight: steps.preflight.map(({ timeout, ...step }) => ({ ...step, timeoutMs: timeout })),
    afterGroup: steps.afterGroup.map(lowerStep),
    afterPhase: steps.afterPhase.map(lowerStep),
    afterRun: steps.afterRun.map(lowerStep),
    recheckMs: steps.recheck,
    giveUpMs: steps.giveUp,
  };
}

function lowerStep(step: StepSource): Step {
  if (typeof step === 'string') return { name: step, do: step };
  if (step.do !== 'check') return { name: step.name ?? step.do, do: step.do };
  const { timeout, ...check } = step;
  return { ...check, timeoutMs: timeout };
}

function lowerLimits(limits: Full['limits']): LimitsSpec {
  return {
    attemptOutputBytes: limits.attemptOutput,
    gateOutputBytes: limits.gateOutput,
    promptBytes: limits.prompt,
    evidenceBytes: limits.evidence,
    runMs: limits.run,
    budgetTokens: limits.budgetTokens,
    budgetUsd: limits.budgetUsd,
    fences: limits.fences,
    graceMs: limits.grace,
    syncMs: limits.sync,
  };
}

function mapValues<V, R>(record: Readonly<Record<string, V | undefined>>, change: (value: V) => R): Record<string, R> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : [[key, change(value)]])),
  );
}
