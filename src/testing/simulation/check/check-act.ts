import type { Effect, EffectOf } from '../../../core/effect.ts';
import { type Life, require } from '../life.ts';
import { reaches } from '../world/git.ts';
import { isContainer, naiveStage } from './naive.ts';
import { whyNotDone } from './truth.ts';

/** What must hold at the moment an effect touches the world. */
export function checkAct(life: Life, effect: Effect): void {
  // Its result came already, out of an older life: what is done again now is not awaited.
  if (!life.state.effects.has(effect.key)) return;
  switch (effect.kind) {
    case 'attempt':
      checkSpawn(life, effect);
      return;
    case 'record':
      checkRecord(life, effect);
      return;
    case 'gate':
      checkGate(life, effect);
      return;
    case 'advance':
      checkAdvance(life, effect);
      return;
    case 'cleanup':
      checkCleanup(life, effect);
      return;
    default:
      return;
  }
}

/** The ledger says so before the agent is there (T3, K2), and nobody else works on its branch (E5). */
function checkSpawn(life: Life, { task, stage, fence }: EffectOf<'attempt'>): void {
  const { world } = life;
  const recorded = world.ledger.records.get(task);
  require(life, recorded?.word === 'active', 'T3', () => `${task} is spawned, and the ledger says ${recorded?.word}`);
  const { places } = world.playbook.ledger;
  if (Object.hasOwn(places, stage)) {
    const place = world.ledger.records.get(task)?.place;
    require(life, place === stage, 'K2', () => `${task} is spawned for ${stage}, and its entry is in ${place}`);
  }
  const branch = world.git.worktrees.get(task)?.branch;
  for (const other of world.attempts.values()) {
    if (other.task === task || other.end !== null || branch === undefined) continue;
    const isShared = world.git.worktrees.get(other.task)?.branch === branch && isExclusive(life, task, other.task);
    require(life, !isShared, 'E5', () => `${task} and ${other.task} are at work on ${branch}`);
  }
  const row = life.state.tasks.get(task);
  require(life, row?.fence === fence, 'E3', () => `${task} is spawned with fence ${fence}, not ${row?.fence}`);
}

function isExclusive(life: Life, one: string, other: string): boolean {
  const [a, b] = [one, other].map((id) => life.state.tasks.get(id)?.fact);
  return life.world.playbook.admission.exclusive.length > 0 && a?.repo === b?.repo;
}

/** Done is written only after the work landed (E8), and no container before its children (C2). */
function checkRecord(life: Life, { task, change }: EffectOf<'record'>): void {
  const row = life.state.tasks.get(task);
  if (change.word !== 'done' || row === undefined) return;
  require(life, !row.isSkipped, 'E14', () => `${task} was skipped, and the ledger is told that it is done`);
  if (isContainer(life.world.playbook, row)) return;
  const missing = whyNotDone(life, row);
  require(life, missing === null, 'E8', () => `the ledger is told that ${task} is done, but ${missing}`);
}

/** E8: gates run on the very commit that was verified, or on the candidate made of it. */
function checkGate(life: Life, { task, commit }: EffectOf<'gate'>): void {
  const row = life.state.tasks.get(task);
  const wanted = row?.queuedAt == null ? row?.commit : row.candidate;
  require(life, commit === wanted, 'E8', () => `the gates of ${task} run on ${commit}, not on ${wanted}`);
}

/** M4: the base never holds a merge that no gate saw, and nothing is merged twice. */
function checkAdvance(life: Life, { task, candidate, commit }: EffectOf<'advance'>): void {
  const { git } = life.world;
  const row = life.state.tasks.get(task);
  const stage = row === undefined ? undefined : naiveStage(life.world.playbook, row);
  const isGated = stage?.do !== 'land' || stage.gates.length === 0 || git.gated.has(candidate);
  require(life, isGated, 'M4', () => `the base moves to ${candidate} of ${task}, which passed no gate`);
  require(life, reaches(git, candidate, commit), 'M2', () => `the candidate ${candidate} is not made of ${commit}`);
  // Done before, or nothing to merge: the base stays where it is.
  if (reaches(git, git.base, candidate)) return;
  for (const [other, merge] of git.merges) {
    const isTwice = other !== candidate && merge.task === task && merge.commit === commit;
    require(life, !isTwice, 'M4', () => `${commit} of ${task} is merged as ${candidate} and was as ${other}`);
  }
}

/** E7: nobody works where something is put away. */
function checkCleanup(life: Life, { task, fence }: EffectOf<'cleanup'>): void {
  for (const attempt of life.world.attempts.values()) {
    const isAtWork = attempt.task === task && attempt.end === null && attempt.fence <= fence;
    require(life, !isAtWork, 'E7', () => `the workspace of ${task} is put away while ${attempt.key} is at work in it`);
  }
}
