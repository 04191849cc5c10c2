import type { AttemptEnd } from '../../../core/event.ts';
import type { AgentStage } from '../../../core/playbook.ts';
import type { Task } from '../../../core/task.ts';
import type { Life } from '../life.ts';
import { reaches } from '../world/git.ts';
import type { AttemptWorld } from '../world/world.ts';
import { naiveWay } from './naive.ts';

/** Why the world does not bear out that a task is done (E8); null: it does. */
export function whyNotDone(life: Life, task: Task): string | null {
  const way = naiveWay(life.world.playbook, task);
  const agentStages = way?.stages.filter((stage) => stage.do === 'agent') ?? [];
  const last = agentStages.at(-1);
  if (last !== undefined) {
    const attempt = latest(life, task.id);
    if (attempt?.end == null) return 'no attempt of it has ended';
    if (attempt.stage !== last.name) return `its last attempt was at ${attempt.stage}, not ${last.name}`;
    const fault = naiveFault(last, attempt.end, task.id);
    if (fault !== null) return `its last attempt does not count: ${fault}`;
    const head = attempt.end.work?.head ?? null;
    if (head !== task.commit) return `its commit is ${task.commit}, but its last attempt ended at ${head}`;
  }
  // Gates before the last agent saw another commit; what it made is gated again where it lands, or after it.
  const from = last === undefined ? 0 : (way?.stages.indexOf(last) ?? 0);
  for (const stage of way?.stages.slice(from) ?? []) {
    if (stage.do === 'gate' && !life.world.git.gated.has(task.commit ?? '')) return `no gate passed on ${task.commit}`;
    if (stage.do !== 'land') continue;
    const missing = whyNotLanded(life, task, stage.how, stage.gates.length > 0);
    if (missing !== null) return missing;
  }
  return null;
}

function latest({ world }: Life, id: string): AttemptWorld | undefined {
  const own = [...world.attempts.values()].filter((attempt) => attempt.task === id);
  return own.sort((a, b) => b.fence - a.fence)[0];
}

function whyNotLanded({ world: { git } }: Life, task: Task, how: string, isGated: boolean): string | null {
  const commit = task.commit ?? '';
  switch (how) {
    case 'push': {
      const tips = [...git.remote.values()];
      return tips.some((tip) => reaches(git, tip, commit)) ? null : `${commit} was not pushed`;
    }
    case 'merge': {
      const merge = [...git.merges].find(([, merged]) => merged.commit === commit && merged.task === task.id);
      if (!reaches(git, git.base, commit)) return `${commit} is not merged into the base`;
      return merge !== undefined && isGated && !git.gated.has(merge[0])
        ? `no gate passed on the merge of ${commit}`
        : null;
    }
    case 'collect': {
      const landed = git.collected.get(`${task.id}:${commit}`);
      return reaches(git, git.base, landed ?? '') ? null : `the paths of ${commit} were not collected`;
    }
    default:
      return null;
  }
}

/** What speaks against an attempt, told from its facts alone; null: it did what its stage expects. */
function naiveFault(stage: AgentStage, end: AttemptEnd, id: string): string | null {
  const { report } = end;
  if (end.ending !== 'exited' || end.exitCode !== 0) return `it ended as ${end.ending} ${end.exitCode}`;
  if (end.violations.length > 0) return 'it touched what is not its own';
  if (end.reportProblem !== null) return end.reportProblem;
  if (report?.task != null && report.task !== id) return `it reported about ${report.task}`;
  if (report?.status === 'failed' || report?.status === 'blocked') return `it reported ${report.status}`;
  const flag = Object.keys(stage.on).find((name) => report?.flags[name] === true);
  if (flag !== undefined) return `it said ${flag}`;
  if (stage.accept !== null && report?.flags[stage.accept] !== true) return `it did not say ${stage.accept}`;
  if (end.work?.claimProblem != null) return end.work.claimProblem;
  if (stage.expects.includes('commit') && end.work?.isChanged !== true) return 'it committed nothing';
  return end.missingOutputs.length > 0 ? `it did not make ${end.missingOutputs}` : null;
}
