import type { Effect, EffectOf } from '../../../core/effect.ts';
import type { Result } from '../../../core/event.ts';
import type { Failure } from '../../../core/failure.ts';
import type { FailureClass } from '../../../core/playbook.ts';
import { addCommit, mergeInto, reaches } from './git.ts';
import { writeRecord } from './ledger.ts';
import { suffers, type World } from './world.ts';

/** What came of an effect: its result, or why it could not be done for a reason that is not the task's. */
export type Performed = { readonly result: Result } | { readonly failed: Failure };

/**
 * Does an effect to the world, at one moment. Every one of them looks first whether it was done before, as the adapters
 * do: doing it twice does no harm. Attempts take time and are in `attempt.ts`.
 */
export function perform(world: World, effect: Exclude<Effect, { kind: 'attempt' }>): Performed {
  if (suffers(world, 'machine') && world.chance.machine.chance(0.02)) {
    return { failed: failure('workspace', 'machine', `cannot ${effect.kind}: the disk is full`) };
  }
  switch (effect.kind) {
    case 'record':
      return record(world, effect);
    case 'prepare':
      return { result: { kind: 'prepare', failure: prepare(world, effect) } };
    case 'gate':
      return { result: gate(world, effect) };
    case 'push':
      return { result: { kind: 'push', failure: push(world, effect) } };
    case 'collect':
      return { result: collect(world, effect) };
    case 'candidate':
      return { result: candidate(world, effect) };
    case 'advance':
      return { result: advance(world, effect) };
    case 'cleanup':
      return { result: cleanup(world, effect) };
    case 'step':
      return { result: step(world, effect) };
  }
}

function failure(kind: FailureClass, code: string, text: string): Failure {
  return { class: kind, code, text, evidence: '' };
}

/** A broken document takes no writes: they wait until it is mended, which is the caller's to see to. */
function record(world: World, { task, change }: EffectOf<'record'>): Performed {
  const yielded = writeRecord(world.playbook, world.ledger, task, change);
  if (suffers(world, 'machine') && world.chance.machine.chance(0.02)) {
    return { failed: failure('merge', 'ledger-conflict', 'the table changed upstream in the same row') };
  }
  return { result: { kind: 'record', yielded } };
}

function prepare(world: World, { task, branch, mergeBase, deps }: EffectOf<'prepare'>): Failure | null {
  const { git } = world;
  const random = world.chance.landing;
  if (suffers(world, 'landing') && random.chance(0.03)) {
    return failure('workspace', 'folder-in-the-way', 'a folder is in the way');
  }
  git.branches.set(branch, git.branches.get(branch) ?? git.base);
  if (suffers(world, 'landing') && deps.length > 0 && random.chance(0.05)) {
    return failure('merge', 'dependency-conflict', 'two dependencies conflict');
  }
  for (const dependency of deps) mergeInto(git, branch, dependency.commit);
  if (mergeBase) mergeInto(git, branch, git.base);
  git.worktrees.set(task, { branch, start: git.branches.get(branch) ?? git.base });
  return null;
}

function gate(world: World, { commit, gates, stage }: EffectOf<'gate'>): Extract<Result, { kind: 'gate' }> {
  const isGood = world.git.commits.get(commit)?.isGood === true;
  const isFlaky = suffers(world, 'landing') && world.chance.landing.chance(0.05);
  const passed = isGood && !isFlaky;
  if (passed) world.git.gated.add(commit);
  const name = gates[0] ?? stage;
  return { kind: 'gate', gates: [{ name, passed, ms: 5, output: passed ? 'ok' : '1 failed' }], failure: null };
}

function push(world: World, { branch, commit }: EffectOf<'push'>): Failure | null {
  const { git } = world;
  const there = git.remote.get(branch);
  if (reaches(git, there, commit)) return null;
  if (suffers(world, 'landing') && world.chance.landing.chance(0.04)) {
    return failure('merge', 'push-rejected', 'somebody else pushed to the branch');
  }
  git.remote.set(branch, commit);
  return null;
}

function collect(world: World, { task, commit }: EffectOf<'collect'>): Extract<Result, { kind: 'collect' }> {
  const { git } = world;
  const done = git.collected.get(`${task}:${commit}`);
  if (done !== undefined && reaches(git, git.base, done)) return { kind: 'collect', commit: done, failure: null };
  if (suffers(world, 'landing') && world.chance.landing.chance(0.04)) {
    return { kind: 'collect', commit: null, failure: failure('merge', 'conflict', 'the paths changed on the base') };
  }
  const landed = addCommit(git, { parents: [git.base], task, isGood: true });
  git.base = landed;
  git.collected.set(`${task}:${commit}`, landed);
  return { kind: 'collect', commit: landed, failure: null };
}

function candidate(world: World, { task, commit }: EffectOf<'candidate'>): Extract<Result, { kind: 'candidate' }> {
  const { git } = world;
  // Work that added nothing to what landed before: there is nothing to merge.
  if (reaches(git, git.base, commit)) return { kind: 'candidate', candidate: git.base, failure: null };
  if (suffers(world, 'landing') && world.chance.landing.chance(0.12)) {
    const conflict = failure('merge', 'conflict', `${task} and the base changed the same lines`);
    return { kind: 'candidate', candidate: null, failure: conflict };
  }
  const isLucky = !suffers(world, 'landing') || world.chance.landing.chance(0.9);
  const isGood = git.commits.get(commit)?.isGood === true && isLucky;
  const built = addCommit(git, { parents: [git.base, commit], task: null, isGood });
  return { kind: 'candidate', candidate: built, failure: null };
}

function advance(world: World, effect: EffectOf<'advance'>): Extract<Result, { kind: 'advance' }> {
  const { git } = world;
  const moved = { kind: 'advance', outcome: 'moved', failure: null } as const;
  if (reaches(git, git.base, effect.candidate)) return moved;
  if (git.commits.get(effect.candidate)?.parents[0] !== git.base) {
    return { kind: 'advance', outcome: 'stale', failure: null };
  }
  git.base = effect.candidate;
  git.merges.set(effect.candidate, { task: effect.task, commit: effect.commit });
  return moved;
}

function cleanup(world: World, { task }: EffectOf<'cleanup'>): Extract<Result, { kind: 'cleanup' }> {
  world.git.worktrees.delete(task);
  return { kind: 'cleanup' };
}

function step(world: World, { key, of, scope, step: { name } }: EffectOf<'step'>): Extract<Result, { kind: 'step' }> {
  const isLasting = scope === 'preflight' && world.isUnfit;
  if (suffers(world, 'steps') && (isLasting || world.chance.machine.chance(0.15))) {
    const text = `${name} did not pass`;
    return { kind: 'step', failure: failure('config', 'check-failed', text), text };
  }
  world.steps.set(key, { of, step: name });
  return { kind: 'step', failure: null, text: '' };
}
