import type { AttemptEnd } from './event.ts';
import type { Failure } from './failure.ts';
import type { AgentStage, FailureClass } from './playbook.ts';
import type { Task } from './task.ts';

export type Verdict =
  | { readonly ok: true; readonly commit: string | null }
  | { readonly ok: false; readonly failure: Failure }
  | { readonly ok: 'blocked'; readonly text: string; readonly by: readonly string[] }
  /** A boolean report field that the stage routes: not a failure of the attempt, but of an earlier stage. */
  | { readonly ok: 'routed'; readonly flag: string; readonly failure: Failure };

/**
 * What an ended attempt amounts to (E8): facts first, the agent's word last. The order matters: what makes the rest
 * unreadable (it never ran, it was cut off) comes before what it did wrong, and that before what is missing.
 */
export function verdict(task: Task, stage: AgentStage, end: AttemptEnd): Verdict {
  const fail = (kind: FailureClass, code: string, text: string): Verdict => ({
    ok: false,
    failure: {
      class: kind,
      code,
      text,
      evidence: end.evidence,
      ...(end.resetAt === null ? {} : { resetAt: end.resetAt }),
    },
  });
  if (end.ending === 'refused') return fail('config', 'not-started', end.text);
  if (end.ending === 'limit') return fail('limit', 'provider-limit', end.text);
  if (task.stopping === 'timeout' && end.ending === 'stopped') {
    return fail('timeout', 'timed-out', `the attempt did not end within ${stage.timeoutMs / 1000} s`);
  }
  if (end.ending === 'context') return fail('context', 'context-full', end.text);
  const ownership = end.violations[0];
  if (ownership !== undefined) {
    const all = end.violations.map((violation) => violation.text).join('; ');
    return { ok: false, failure: { class: 'ownership', code: ownership.what, text: all, evidence: end.evidence } };
  }
  const { report } = end;
  if (report?.status === 'blocked') return { ok: 'blocked', text: report.notes, by: report.blockedBy };
  if (end.ending === 'lost') return fail('lost', 'process-lost', end.text);
  if (end.ending === 'signalled' || end.ending === 'stopped') return fail('agent', 'killed', end.text);
  if (end.exitCode !== 0) return fail('agent', 'exit-status', end.text);
  if (end.reportProblem !== null) return fail('report', 'no-report', end.reportProblem);
  if (report !== null && report.task !== null && report.task !== task.id) {
    return fail('report', 'wrong-task', `the report is about ${report.task}, not ${task.id}`);
  }
  const routed = report === null ? undefined : Object.keys(stage.on).find((name) => report.flags[name] === true);
  if (routed !== undefined) {
    const text = report?.notes || `${stage.name} said ${routed}`;
    return { ok: 'routed', flag: routed, failure: { class: 'agent', code: routed, text, evidence: text } };
  }
  if (report?.status === 'failed') return fail('agent', 'said-failed', report.notes || 'the agent reported failure');
  if (stage.accept !== null && report?.flags[stage.accept] !== true) {
    return fail('agent', 'not-accepted', report?.notes || `the report does not say ${stage.accept}`);
  }
  return missing(stage, end, fail) ?? { ok: true, commit: end.work?.head ?? null };
}

function missing(
  stage: AgentStage,
  end: AttemptEnd,
  fail: (kind: FailureClass, code: string, text: string) => Verdict,
): Verdict | null {
  if (end.work?.claimProblem) return fail('report', 'false-commit', end.work.claimProblem);
  if (stage.expects.includes('commit') && end.work?.isChanged !== true) {
    return fail('agent', 'no-commit', 'the branch has no new commit that changes anything');
  }
  if (end.missingOutputs.length > 0) {
    return fail('report', 'no-output', `not written by this attempt: ${end.missingOutputs.join(', ')}`);
  }
  return null;
}
