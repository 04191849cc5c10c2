import type { Effect, EffectOf } from '../../core/effect.ts';
import type { AgentStage } from '../../core/playbook.ts';
import { checkAct } from './check/check-act.ts';
import { crash, send } from './fold.ts';
import type { Life, Report } from './life.ts';
import { drawPlan, type Ending, inspect, work } from './world/agents.ts';
import { type Performed, perform } from './world/perform.ts';
import { type AttemptWorld, suffers, type World } from './world/world.ts';

/** Begins to perform an effect; what came of it is sent when it is over, unless the orchestrator died meanwhile. */
export function startEffect(life: Life, effect: Effect): void {
  if (life.flights.has(effect.key)) return;
  life.flights.set(effect.key, { aborted: null });
  if (effect.kind === 'attempt') startAttempt(life, effect);
  else later(life, durationMs(life.world, effect), () => act(life, effect));
}

/** Does what is left of an effect when time has come; a dead orchestrator does nothing. */
function later(life: Life, ms: number, run: () => void): void {
  const { epoch } = life;
  life.world.schedule.after(ms, () => {
    if (life.epoch === epoch && life.violations.length === 0) run();
  });
}

const DURATIONS: Readonly<Record<Exclude<Effect['kind'], 'attempt'>, number>> = {
  record: 200,
  prepare: 500,
  gate: 60_000,
  push: 2_000,
  collect: 500,
  candidate: 300,
  advance: 1_000,
  cleanup: 300,
  step: 3_000,
};

function durationMs(world: World, effect: Exclude<Effect, { kind: 'attempt' }>): number {
  return world.chance.timing.between(1, DURATIONS[effect.kind]);
}

type NotAttempt = Exclude<Effect, { kind: 'attempt' }>;

function act(life: Life, effect: NotAttempt): void {
  const { world } = life;
  if (effect.kind === 'record' && world.ledger.isBroken) {
    later(life, 5_000, () => act(life, effect));
    return;
  }
  const early = cutShort(life, effect);
  if (early === null) checkAct(life, effect);
  const performed = early ?? perform(world, effect);
  if (suffers(world, 'crash') && world.chance.crash.chance(0.006)) {
    crash(life);
    return;
  }
  report(life, effect, performed);
}

/** A gate that was told to end says so; what begins while the run stops waits for the next run. */
function cutShort(life: Life, effect: NotAttempt): Performed | null {
  if (effect.kind !== 'gate' && effect.kind !== 'step') return null;
  const failure = (code: string, text: string) => ({ class: 'config', code, text, evidence: '' }) as const;
  if (effect.kind === 'gate' && life.flights.get(effect.key)?.aborted != null) {
    return { result: { kind: 'gate', gates: [], failure: failure('aborted', 'the gate was ended') } };
  }
  if (life.state.run.status === 'stopping') return { failed: failure('interrupted', 'the run was stopped') };
  return null;
}

function report(life: Life, effect: NotAttempt, performed: Performed): void {
  const { key } = effect;
  deliver(
    life,
    key,
    'result' in performed
      ? { type: 'effect-ended', key, result: performed.result }
      : { type: 'effect-failed', key, failure: performed.failed },
  );
}

/** Results come late, in another order, and now and then twice: also from a life before this one. */
function deliver(life: Life, key: string, event: Report): void {
  const { world } = life;
  const { timing } = world.chance;
  const isLate = suffers(world, 'late') && timing.chance(0.2);
  later(life, isLate ? timing.between(1, 120_000) : 0, () => {
    life.flights.delete(key);
    if (suffers(world, 'twice') && timing.chance(0.1)) {
      world.schedule.after(timing.between(0, 60_000), () => {
        if (life.isAlive) send(life, structuredClone(event));
      });
    }
    send(life, event);
  });
}

function startAttempt(life: Life, effect: EffectOf<'attempt'> & { key: string }): void {
  const { world } = life;
  const known = world.attempts.get(effect.key);
  if (known !== undefined) {
    takeUp(life, effect, known);
    return;
  }
  later(life, world.chance.timing.between(1, 300), () => spawn(life, effect));
}

function spawn(life: Life, effect: EffectOf<'attempt'> & { key: string }): void {
  const { world } = life;
  const stage = stageOf(life, effect);
  if (stage === undefined) return;
  checkAct(life, effect);
  const plan = drawPlan(world, effect, stage);
  const branch = world.git.worktrees.get(effect.task)?.branch;
  const { task, fence, key } = effect;
  const start = branch === undefined ? null : (world.git.branches.get(branch) ?? null);
  const endsAt = plan.behaviour === 'hangs' ? null : world.schedule.now + plan.durationMs;
  const attempt: AttemptWorld = {
    task,
    fence,
    key,
    stage: stage.name,
    plan,
    start,
    endsAt,
    hasWorked: false,
    end: null,
  };
  world.attempts.set(key, attempt);
  // The process works on while the orchestrator is dead; only reading what came of it needs a live one.
  world.schedule.after(plan.durationMs, () => {
    if (attempt.end === null) work(world, attempt, stage, plan.behaviour === 'hangs' ? 'part' : 'whole');
  });
  if (endsAt !== null) later(life, plan.durationMs + 1, () => finish(life, effect, attempt, 'itself'));
  later(life, 1, () => send(life, { type: 'attempt-started', key }));
  if (world.chance.timing.chance(0.3)) {
    later(life, plan.durationMs / 2, () => {
      if (attempt.end === null) send(life, { type: 'attempt-progressed', key, tokens: plan.tokens, costUsd: 0.01 });
    });
  }
}

/** E4: an attempt whose process ended is read; one that still runs is ended, its work saved, and told as lost. */
function takeUp(life: Life, effect: EffectOf<'attempt'> & { key: string }, attempt: AttemptWorld): void {
  const isOver = attempt.end !== null || (attempt.endsAt !== null && attempt.endsAt <= life.world.schedule.now);
  later(life, 50, () => finish(life, effect, attempt, isOver ? 'itself' : 'lost', true));
}

export function stopAttempt(life: Life, key: string): void {
  const attempt = life.world.attempts.get(key);
  const effect = life.state.effects.get(key);
  if (attempt === undefined || effect?.kind !== 'attempt') return;
  later(life, life.world.chance.timing.between(10, 8_000), () => finish(life, effect, attempt, 'stopped'));
}

function finish(
  life: Life,
  effect: EffectOf<'attempt'> & { key: string },
  attempt: AttemptWorld,
  how: Ending,
  isTakenUp = false,
): void {
  const { world } = life;
  const stage = stageOf(life, effect);
  if (!life.flights.has(effect.key) || stage === undefined) return;
  if (attempt.end === null) {
    work(world, attempt, stage, how === 'itself' ? 'whole' : 'part');
    attempt.end = inspect(world, attempt, stage, how);
  } else if (!isTakenUp) {
    return;
  }
  if (suffers(world, 'crash') && world.chance.crash.chance(0.01)) {
    crash(life);
    return;
  }
  deliver(life, effect.key, { type: 'effect-ended', key: effect.key, result: { kind: 'attempt', end: attempt.end } });
}

function stageOf(life: Life, effect: EffectOf<'attempt'>): AgentStage | undefined {
  const task = life.state.tasks.get(effect.task);
  const way = task === undefined ? undefined : life.world.playbook.ways[task.way];
  const stage = way?.stages.find((candidate) => candidate.name === effect.stage);
  return stage?.do === 'agent' ? stage : undefined;
}
