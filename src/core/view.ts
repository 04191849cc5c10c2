import type { TaskId } from './fact.ts';
import { openItems } from './inbox.ts';
import type { InboxItem, Outcome, RunStatus } from './rows.ts';
import { type State, stageOf } from './state.ts';
import type { Task, TaskStatus, Usage } from './task.ts';

/** The read model: what CLI, web and MCP show. Facts only; nothing here decides anything. */
export interface RunView {
  readonly run: {
    readonly status: RunStatus;
    readonly outcome: Outcome | null;
    readonly halt: string | null;
    readonly brokenLedger: string | null;
    readonly limit: number;
    readonly startedAt: number | null;
    readonly now: number;
    readonly parks: Readonly<Record<string, number>>;
  };
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly progress: Progress;
  readonly tasks: readonly TaskView[];
  readonly inbox: readonly InboxItem[];
}

/** Work done against work estimated, in tokens, over the tasks that have an estimate (T10). */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly estimatedTokens: number;
  readonly estimatedDoneTokens: number;
  readonly usedTokens: number;
  readonly costUsd: number;
}

export interface TaskView {
  readonly id: TaskId;
  readonly title: string;
  readonly status: TaskStatus;
  readonly ledgerStatus: string;
  readonly stage: string | null;
  readonly attempts: number;
  readonly fence: number;
  readonly dependsOn: readonly TaskId[];
  readonly phase: string | null;
  readonly group: string | null;
  readonly repo: string | null;
  readonly branch: string | null;
  readonly agent: string | null;
  readonly priority: number;
  readonly estimate: number | null;
  readonly usage: Readonly<Usage>;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly commit: string | null;
  readonly failure: { readonly class: string; readonly code: string; readonly text: string } | null;
  readonly isSkipped: boolean;
}

/** The whole picture, tasks in document order. Looks at every task: for people and files, not for each event. */
export function view(state: State): RunView {
  const { run } = state;
  const tasks = [...state.tasks.values()].sort((a, b) => a.fact.order - b.fact.order);
  return {
    run: {
      status: run.status,
      outcome: run.outcome,
      halt: run.halt?.text ?? null,
      brokenLedger: run.brokenLedger?.text ?? null,
      limit: run.limit ?? state.playbook.admission.limit,
      startedAt: run.startedAt,
      now: run.now,
      parks: run.parks,
    },
    counts: { ...state.index.counts },
    progress: progressOf(tasks),
    tasks: tasks.map((task) => taskView(state, task)),
    inbox: openItems(state),
  };
}

export function taskView(state: State, task: Task): TaskView {
  const { fact } = task;
  return {
    id: task.id,
    title: fact.title,
    status: task.status,
    ledgerStatus: fact.ledgerStatus,
    stage: stageOf(state, task)?.name ?? null,
    attempts: task.attempts,
    fence: task.fence,
    dependsOn: fact.dependsOn,
    phase: fact.phase,
    group: task.group ?? fact.group,
    repo: fact.repo,
    branch: task.branch ?? fact.branch,
    agent: task.agent,
    priority: fact.priority,
    estimate: fact.estimate,
    usage: task.usage,
    startedAt: task.startedAt,
    completedAt: task.completedAt,
    commit: task.commit,
    failure:
      task.failure === null ? null : { class: task.failure.class, code: task.failure.code, text: task.failure.text },
    isSkipped: task.isSkipped,
  };
}

/** Tokens a task used: measured where the agent counts them, else what it claimed. */
export function usedTokens(usage: Readonly<Usage>): number {
  return usage.measuredTokens > 0 ? usage.measuredTokens : (usage.claimedTokens ?? 0);
}

function progressOf(tasks: readonly Task[]): Progress {
  const sum = (list: readonly Task[], of: (task: Task) => number): number =>
    list.reduce((all, task) => all + of(task), 0);
  const done = tasks.filter((task) => task.status === 'done');
  return {
    done: done.length,
    total: tasks.length,
    estimatedTokens: sum(tasks, (task) => task.fact.estimate ?? 0),
    estimatedDoneTokens: sum(done, (task) => task.fact.estimate ?? 0),
    usedTokens: sum(tasks, (task) => usedTokens(task.usage)),
    costUsd: sum(tasks, (task) => task.usage.costUsd),
  };
}
