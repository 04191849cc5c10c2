import { mkdir } from 'node:fs/promises';
import type { AttemptEffect } from '../../core/effect.ts';
import type { AgentStage } from '../../core/playbook.ts';
import { InvariantError, stageOf } from '../../core/state.ts';
import type { AgentEnd, AgentEvent, AttemptSpec, RunningAttempt } from '../../port/agent.ts';
import { crashPoint } from '../../process/crash-point.ts';
import { findDetached } from '../../process/spawn-detached.ts';
import type { AttemptContext } from '../attempt-context.ts';
import { attemptEnd, neverStarted } from '../attempt-end.ts';
import { type Bench, done, type Performed } from '../bench.ts';
import { taskFact } from '../fact.ts';
import { meter } from '../meter.ts';
import { isGuarded, markGuarded, readPlace } from '../place-file.ts';
import { attemptFolder } from '../project-files.ts';
import { attemptPrompt } from '../prompt.ts';

/**
 * Runs an agent on a task, and gathers the facts of how it ended; what they amount to is the core's to say (E8).
 *
 * When an earlier life of ours began this attempt, the agent port takes it up: one that ended is read like any other, and
 * one that still runs is ended, its work saved, and told as `lost`, so that it is continued (E4).
 */
export async function performAttempt(
  bench: Bench,
  effect: AttemptEffect & { key: string },
  signal: AbortSignal,
): Promise<Performed<'attempt'>> {
  const { root, playbook, workspaces, agents } = bench.parts;
  const { task, fence } = effect;
  const folder = attemptFolder(root, task, fence);
  await mkdir(folder, { recursive: true });
  const place = playbook.workspace.kind === 'none' ? null : await readPlace(folder);
  if (!(await isGuarded(folder))) {
    if (signal.aborted) return notBegun('stopped', 'It was stopped before it began.');
    // Not beside a ledger commit of ours: half seen, that would look like the doing of the worker.
    if (place !== null) await bench.ledgerTurns.pass(() => workspaces.guard({ task, fence }));
    await markGuarded(folder);
  }
  const agent = agents[effect.agent];
  if (agent === undefined) return notBegun('refused', `No agent is configured under the name ${effect.agent}.`);
  const stage = agentStage(bench, task);
  const context: AttemptContext = { effect, fact: taskFact(bench, task), stage, place, folder };
  const spec = await attemptSpec(bench, context);
  const isTakenUp = findDetached(folder).state === 'running';
  crashPoint('attempt-start:before');
  const events = listen(bench, effect.key);
  const running = await agent.start(spec, events.on);
  crashPoint('attempt-start:after');
  bench.mailbox.send({ type: 'attempt-started', key: effect.key });
  const ended = await watch(running, { isTakenUp, signal });
  events.close();
  crashPoint('attempt-read:before');
  const end = await attemptEnd(bench.parts, { ...context, ended });
  crashPoint('attempt-read:after');
  return done({ kind: 'attempt', end });
}

function notBegun(ending: 'refused' | 'stopped', text: string): Performed<'attempt'> {
  return done({ kind: 'attempt', end: neverStarted(ending, text) });
}

async function watch(
  running: RunningAttempt,
  { isTakenUp, signal }: { isTakenUp: boolean; signal: AbortSignal },
): Promise<AgentEnd> {
  if (isTakenUp || signal.aborted) running.stop();
  signal.addEventListener('abort', running.stop, { once: true });
  const ended = await running.ended;
  signal.removeEventListener('abort', running.stop);
  // Stopped by us only because we had lost sight of it: not the agent's doing, and no person's wish.
  const isLost = isTakenUp && ended.ending === 'stopped' && !signal.aborted;
  return isLost
    ? { ...ended, ending: 'lost', text: 'It was still running when Coxswain came back, and was ended.' }
    : ended;
}

function agentStage(bench: Bench, id: string): AgentStage {
  const task = bench.state.tasks.get(id);
  const stage = task === undefined ? undefined : stageOf(bench.state, task);
  if (stage?.do !== 'agent')
    throw new InvariantError(`an attempt is outstanding for ${id}, which is at no agent stage`);
  return stage;
}

async function attemptSpec(bench: Bench, context: AttemptContext): Promise<AttemptSpec> {
  const { root, playbook } = bench.parts;
  const { effect, stage, place, folder } = context;
  return {
    task: effect.task,
    fence: effect.fence,
    stage: effect.stage,
    role: stage.role,
    folder,
    cwd: place?.path ?? root,
    prompt: await attemptPrompt(bench, context),
    model: effect.model,
    think: effect.think,
    session: effect.session,
    env: {
      COX_TASK_ID: effect.task,
      COX_STAGE: effect.stage,
      COX_ROLE: stage.role,
      COX_ATTEMPT: `${effect.task}/${effect.fence}`,
      COX_WORKTREE: place?.root ?? root,
      COX_BRANCH: place?.branch ?? '',
      COX_BASE: place?.base ?? playbook.git.base,
      COX_PROJECT: root,
    },
    outputBytes: playbook.limits.attemptOutputBytes,
    graceMs: playbook.limits.graceMs,
  };
}

/** Usage, counted from the attempt's beginning, goes to the core at most once a second: each report is a commit. */
function listen(bench: Bench, key: string): { on(event: AgentEvent): void; close(): void } {
  const usage = meter(bench.parts.clock, (tokens, costUsd) => {
    bench.mailbox.send({ type: 'attempt-progressed', key, tokens, costUsd });
  });
  return {
    on(event) {
      if (event.type === 'usage') usage.set(event.tokens, event.costUsd);
    },
    close: usage.close,
  };
}
