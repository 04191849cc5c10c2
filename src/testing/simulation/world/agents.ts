import type { EffectOf } from '../../../core/effect.ts';
import type { AttemptEnd, Report, Work } from '../../../core/event.ts';
import type { AgentStage } from '../../../core/playbook.ts';
import { addCommit, reaches } from './git.ts';
import { rowOf } from './ledger.ts';
import { plan as planIssues } from './project.ts';
import { type AttemptWorld, type Behaviour, type Plan, suffers, type World } from './world.ts';

const WEIGHTS: Readonly<Record<Behaviour, number>> = {
  honest: 14,
  'bad-work': 3,
  fails: 2,
  'says-failed': 1,
  'says-blocked': 1,
  'says-blocked-by': 1,
  'false-commit': 1,
  'no-commit': 1,
  'no-report': 1,
  'wrong-task': 1,
  leaks: 1,
  hangs: 1,
  limit: 1,
  'limit-open': 0.5,
  context: 1,
  refused: 0.5,
  signalled: 0.5,
  flag: 3,
  'not-accepted': 1,
};

/** What an agent is going to do, drawn once for an attempt: being asked again after a crash changes nothing. */
export function drawPlan(world: World, effect: EffectOf<'attempt'>, stage: AgentStage): Plan {
  const random = world.chance.agents;
  const behaviour = suffers(world, 'agents') ? random.weighted(WEIGHTS) : 'honest';
  const ids = world.ledger.rows.map((row) => row.id).filter((id) => id !== effect.task);
  const flags = Object.keys(stage.on).filter((name) => name !== 'exhausted');
  const isFlag = behaviour === 'flag' && flags.length > 0;
  return {
    behaviour: behaviour === 'flag' && !isFlag ? 'honest' : behaviour,
    durationMs: random.between(5_000, random.chance(0.1) ? 1_200_000 : 300_000),
    blockedBy: ids.length > 0 && random.chance(0.85) ? [...new Set([random.pick(ids), random.pick(ids)])] : ['T998'],
    flag: isFlag ? random.pick(flags) : null,
    tokens: random.chance(0.7) ? random.between(100, 9_000) : 0,
  };
}

/** What the agent leaves in its worktree; `part`: it was cut off, and only some of it is there. */
export function work(world: World, attempt: AttemptWorld, stage: AgentStage, how: 'whole' | 'part'): void {
  if (attempt.hasWorked) return;
  attempt.hasWorked = true;
  const { git } = world;
  const branch = git.worktrees.get(attempt.task)?.branch;
  const tip = branch === undefined ? undefined : git.branches.get(branch);
  const { behaviour } = attempt.plan;
  if (how === 'whole' && behaviour === 'honest' && stage.expects.includes('issue')) makeIssues(world, attempt, stage);
  const isIdle = behaviour === 'no-commit' || behaviour === 'refused' || behaviour === 'false-commit';
  const mustCommit = stage.expects.includes('commit');
  if (branch === undefined || tip === undefined || isIdle) return;
  if (!mustCommit && !world.chance.agents.chance(0.6)) return;
  const isGood = behaviour !== 'bad-work' && how === 'whole';
  git.branches.set(branch, addCommit(git, { parents: [tip], task: attempt.task, isGood }));
}

function makeIssues(world: World, attempt: AttemptWorld, stage: AgentStage): void {
  const way = world.playbook.ways.find((candidate) => candidate.stages.length === 1 && candidate.stages[0] === stage);
  const row = rowOf(world.ledger, attempt.task);
  if (way?.match?.title !== undefined && row !== undefined) planIssues(world, way, row.parent);
}

export type Ending = 'itself' | 'stopped' | 'lost';

/** Gathers the facts of an ended attempt, as the shell does: what it says, what git shows, what it wrote and touched. */
export function inspect(world: World, attempt: AttemptWorld, stage: AgentStage, how: Ending): AttemptEnd {
  const { behaviour, tokens } = attempt.plan;
  const facts = base(world, attempt, stage);
  if (how !== 'itself') {
    const text = how === 'lost' ? 'it was gone when we came back' : 'it was told to end';
    return { ...facts, ending: how, text, report: null, reportProblem: 'there is no report' };
  }
  switch (behaviour) {
    case 'refused':
      return { ...facts, ending: 'refused', text: 'there is no such program', report: null, tokens: 0 };
    case 'limit':
    case 'limit-open': {
      const resetAt =
        behaviour === 'limit' ? world.schedule.now + world.chance.agents.between(-60_000, 3_600_000) : null;
      return { ...facts, ending: 'limit', text: 'the provider has had enough', report: null, resetAt };
    }
    case 'context':
      return { ...facts, ending: 'context', text: 'its context is full', report: null, handoff: `after ${tokens}` };
    case 'signalled':
      return {
        ...facts,
        ending: 'signalled',
        text: 'it was killed',
        report: null,
        reportProblem: 'there is no report',
      };
    case 'fails':
      // Now and then with a fine report.
      return attempt.fence % 2 === 0
        ? { ...facts, exitCode: 1, text: 'it exited with 1' }
        : { ...facts, exitCode: 1, text: 'it exited with 1', report: null, reportProblem: 'there is no report' };
    case 'no-report':
      return stage.report === null ? facts : { ...facts, report: null, reportProblem: 'there is no report' };
    case 'leaks':
      return { ...facts, violations: [{ what: 'owned-file', path: 'tasks.md', text: 'it wrote to tasks.md' }] };
    default:
      return facts;
  }
}

function base(world: World, attempt: AttemptWorld, stage: AgentStage): AttemptEnd {
  const { behaviour, tokens } = attempt.plan;
  const made = workOf(world, attempt);
  const isEmptyHanded = behaviour === 'no-commit' || behaviour === 'false-commit';
  const missing = ['output', 'issue'].filter((what) => stage.expects.some((expected) => expected === what));
  return {
    ending: 'exited',
    exitCode: 0,
    text: 'it exited with 0',
    evidence: `said by ${attempt.key}`,
    report: stage.report === null ? null : report(attempt, stage, made),
    reportProblem: null,
    work: made,
    outputs: isEmptyHanded ? [] : missing,
    missingOutputs: isEmptyHanded ? missing : [],
    violations: [],
    session: `session of ${attempt.key}`,
    resetAt: null,
    handoff: null,
    tokens,
    costUsd: tokens / 1_000_000,
  };
}

function workOf(world: World, attempt: AttemptWorld): Work | null {
  const { git } = world;
  const branch = git.worktrees.get(attempt.task)?.branch;
  const head = branch === undefined ? undefined : git.branches.get(branch);
  if (head === undefined || attempt.start === null) return null;
  git.archive.add(head);
  const isFalse = attempt.plan.behaviour === 'false-commit';
  return {
    head,
    start: attempt.start,
    isChanged: head !== attempt.start && reaches(git, head, attempt.start),
    claimProblem: isFalse ? 'the commit it names does not exist' : null,
  };
}

function report({ plan, task }: AttemptWorld, stage: AgentStage, made: Work | null): Report {
  const { behaviour } = plan;
  const isBlocked = behaviour === 'says-blocked' || behaviour === 'says-blocked-by';
  const flags: Record<string, boolean> = {};
  if (stage.accept !== null) flags[stage.accept] = behaviour !== 'not-accepted';
  if (plan.flag !== null) flags[plan.flag] = true;
  return {
    status: isBlocked ? 'blocked' : behaviour === 'says-failed' ? 'failed' : 'success',
    task: behaviour === 'wrong-task' ? 'T997' : task,
    commit: made?.head ?? null,
    usedTokens: plan.tokens,
    notes: `${behaviour}, it says`,
    blockedBy: behaviour === 'says-blocked-by' ? plan.blockedBy : [],
    flags,
  };
}
