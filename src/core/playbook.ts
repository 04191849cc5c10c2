/**
 * The full form of a playbook: everything that differs between workflows, as data. The loader (`src/playbook`) lowers
 * the short keys people write to this form; the core, the engine and the adapters read nothing else.
 *
 * Every field here is honoured. A rule that cannot be said here is a missing word in this file, never an `if` elsewhere.
 */

/** Failure classes of requirement E9. */
export const FAILURE_CLASSES = [
  'config',
  'document',
  'workspace',
  'agent',
  'report',
  'ownership',
  'gate',
  'merge',
  'limit',
  'context',
  'timeout',
  'lost',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export interface Playbook {
  readonly version: 1;
  /** Free text for people; nothing in the program compares it. */
  readonly name: string;
  readonly ledger: LedgerSpec;
  readonly admission: Admission;
  readonly workspace: WorkspaceSpec;
  /** First match wins (C3); the last way has no `match` and takes the rest. */
  readonly ways: readonly Way[];
  readonly retry: RetrySpec;
  readonly steps: StepsSpec;
  readonly checkpoint: CheckpointSpec;
  readonly escalation: EscalationSpec;
  readonly own: OwnSpec;
  readonly session: SessionSpec;
  /** By name; `default` is the one a stage without `agent` uses. */
  readonly agents: Readonly<Record<string, AgentSpec>>;
  readonly gates: readonly GateSpec[];
  readonly reports: Readonly<Record<string, ReportSpec>>;
  readonly prompts: Readonly<Record<string, PromptSpec>>;
  readonly git: GitSpec;
  readonly repos: Readonly<Record<string, RepoSpec>>;
  /** Free values for prompt templates: `{vars.NAME}`. */
  readonly vars: Readonly<Record<string, string>>;
  readonly limits: LimitsSpec;
  /** T12: prints the body of an issue; `{issue}` is given as an argument, never spliced into a shell line. */
  readonly issue: { readonly run: readonly string[] } | null;
  /** T6: optional command after the push of a branch, e.g. to open a pull request. */
  readonly pr: { readonly run: readonly string[] } | null;
  /** I6: a command that gets the reason on stdin. */
  readonly notify: { readonly run: string } | null;
}

/** Where tasks live. `format` picks the adapter; the rest is that adapter's own, already checked, options. */
export interface LedgerSpec {
  readonly format: 'table' | 'checkboxes' | 'files' | 'queue' | 'issues';
  /** Paths relative to the project root, by name (`file`, `todo`, `changelog`, ...). */
  readonly files: Readonly<Record<string, string>>;
  /** Our canonical column or field name -> the name in the document. */
  readonly columns: Readonly<Record<string, string>>;
  /** Our ledger word -> the word in the document. */
  readonly words: Readonly<Record<LedgerWord, string>>;
  /** Stage name -> name of the file in `files` that holds an entry at that stage (pipeline). */
  readonly places: Readonly<Record<string, string>>;
  readonly sync: { readonly commit: 'each-change' | 'never'; readonly push: boolean };
}

/** What a ledger can say about a task. */
export const LEDGER_WORDS = ['open', 'active', 'done', 'failed', 'cancelled'] as const;
export type LedgerWord = (typeof LEDGER_WORDS)[number];

export interface Admission {
  /** Agents at once, all roles together (E5, K3). */
  readonly limit: number;
  /** `task`: any startable task. `group`: groups of the document in order. `wave`: groups formed by the engine. */
  readonly unit: 'task' | 'group' | 'wave';
  /** Most tasks in a wave (W2). Ignored unless `unit` is `wave`: the loader refuses it elsewhere. */
  readonly waveSize: number;
  /** When the next group opens: all `done`, or all `settled` (failures do not hold it, P8). */
  readonly barrier: 'settled' | 'done';
  readonly phases: PhaseSpec;
  /** Stage name -> most tasks in it at once (K3). */
  readonly caps: Readonly<Record<string, number>>;
  /** Templates over task fields; two tasks with an equal key never run at once, e.g. `{repo}/{branch}`. */
  readonly exclusive: readonly string[];
  readonly order: readonly OrderKey[];
}

/** `nearest-done`: later stages first. `critical-path`: longest chain of dependents first. `blockers`: discovered blockers first. */
export const ORDER_KEYS = [
  'priority',
  'critical-path',
  'document',
  'nearest-done',
  'blockers',
  'current-parent',
  'id',
] as const;
export type OrderKey = (typeof ORDER_KEYS)[number];

export interface PhaseSpec {
  /** `none`: the ledger's phases are ignored. Otherwise phases run in document order. */
  readonly by: 'none' | 'heading' | 'pattern' | 'column';
  /** For `pattern`: globs over ids in phase order. For `column`: the column's name. */
  readonly patterns: readonly string[];
  readonly column: string | null;
  /** Only this phase runs (P2): the phase's name is read from `file` under `heading`. */
  readonly active: { readonly file: string; readonly heading: string } | null;
}

export interface WorkspaceSpec {
  /** `none`: the agent works on documents only (planning), in the project folder. `shared` requires limit 1 (M6). */
  readonly kind: 'worktree' | 'shared' | 'none';
  /** Folder template, relative to the project root. */
  readonly path: string;
  /** Branch template over task fields. */
  readonly branch: string;
  /** T13: merge the verified commits of dependencies in first, or not. */
  readonly deps: 'merge' | 'ignore';
  /** Commands run in a new worktree before the agent (e.g. an install), keyed by the hash of `prepareKey` files. */
  readonly prepare: readonly string[];
}

export interface Match {
  readonly kind?: readonly string[];
  readonly label?: readonly string[];
  /** Glob over the title. */
  readonly title?: string;
  readonly id?: string;
}

export interface Way {
  readonly name: string;
  readonly match: Match | null;
  /** A container is never dispatched; it is done when all its children are (C2). */
  readonly container: boolean;
  readonly stages: readonly Stage[];
}

export type Stage = AgentStage | GateStage | LandStage;

export interface AgentStage {
  readonly name: string;
  readonly do: 'agent';
  readonly role: string;
  /** Name in `agents`; null: the configured default. */
  readonly agent: string | null;
  readonly model: string | null;
  /** Name in `prompts`. */
  readonly prompt: string;
  readonly timeoutMs: number;
  /** What must be there at the end, derived and never believed (E8). */
  readonly expects: readonly Expectation[];
  /** Name in `reports`; null: no report is asked for. */
  readonly report: string | null;
  /** Report field that must be true, e.g. `ready` of a reviewer. */
  readonly accept: string | null;
  /** Merge the base into the branch first (K7). */
  readonly mergeBase: boolean;
  readonly session: 'reuse' | 'fresh';
  readonly on: Routes;
  /** Most times a task may enter this stage (E15). */
  readonly visits: number;
}

export type Expectation = 'commit' | 'output' | 'report' | 'issue';

export interface GateStage {
  readonly name: string;
  readonly do: 'gate';
  /** Names in `gates`; empty: all of them. */
  readonly gates: readonly string[];
  readonly on: Routes;
  readonly visits: number;
}

export interface LandStage {
  readonly name: string;
  readonly do: 'land';
  /** `push`: the branch. `merge`: into the base through the merge queue. `collect`: named paths only. `none`: already there. */
  readonly how: 'push' | 'merge' | 'collect' | 'none';
  /** Templates of the paths that `collect` takes. */
  readonly paths: readonly string[];
  /** Names in `gates` run on the merged tree (M2); empty: none. Only for `merge`. */
  readonly gates: readonly string[];
  readonly on: Routes;
  readonly visits: number;
}

/**
 * Where a task goes instead of the retry ladder: outcome -> stage name. Outcomes: `red` (gate), `conflict` (land),
 * `exhausted` (attempts used up), or the name of a boolean report field that was true (`approach_wrong`).
 */
export type Routes = Readonly<Record<string, string>>;

export interface RetrySpec {
  /** Spent attempts allowed per visit of a stage, the first included. */
  readonly attempts: number;
  /** Rung n is taken after the nth spent failure of that class; the last one repeats. `default` must exist. */
  readonly ladder: Readonly<Partial<Record<FailureClass | 'default', readonly Rung[]>>>;
  /** Bounds of what spends no attempt (E9). */
  readonly bounds: { readonly handoff: number; readonly park: number; readonly blocker: number; readonly lost: number };
  /** How long a park lasts when the provider did not say. Milliseconds. */
  readonly parkMs: number;
}

export type Rung =
  | {
      readonly do: 'retry';
      readonly session: 'same' | 'fresh';
      /** Thinking budget in tokens. */
      readonly think?: number;
      readonly model?: string;
      readonly agent?: string;
    }
  | { readonly do: 'back'; readonly stage: string }
  | { readonly do: 'park' | 'handoff' | 'escalate' | 'fail' | 'stop' };

export interface StepsSpec {
  /** Before any dispatch; all must pass (K1). Checked again before a round at most every `recheckMs`. */
  readonly preflight: readonly CommandStep[];
  readonly afterGroup: readonly Step[];
  readonly afterPhase: readonly Step[];
  readonly afterRun: readonly Step[];
  readonly recheckMs: number;
  /** K1: without success for this long the run gives up and waits for a person. */
  readonly giveUpMs: number;
}

export interface CommandStep {
  readonly name: string;
  readonly do: 'check';
  readonly run: string;
  readonly timeoutMs: number;
}

export type Step =
  | CommandStep
  /** Orchestrator-only bookkeeping over what was collected (P7, W4). */
  | { readonly name: string; readonly do: 'consolidate' }
  /** Waits for a person as the checkpoint mode says (P3). */
  | { readonly name: string; readonly do: 'checkpoint' }
  /** Always waits for a person (P2). */
  | { readonly name: string; readonly do: 'hard-stop' }
  /** W5. */
  | { readonly name: string; readonly do: 'assess-context' }
  /** W1: writes the hand-over of a run. */
  | { readonly name: string; readonly do: 'handoff' };

export interface CheckpointSpec {
  readonly mode: 'after-each' | 'after-batch' | 'at-end';
  /** Groups per batch; 1 unless `after-batch`. */
  readonly every: number;
}

export interface EscalationSpec {
  readonly choices: readonly EscalationChoice[];
  /** Prefixes shown in the ledger while it is so (K10); empty string: none. */
  readonly retryMark: string;
  readonly escalatedMark: string;
}
export const ESCALATION_CHOICES = ['retry', 'skip', 'manual', 'rescope', 'deprioritise', 'abandon'] as const;
export type EscalationChoice = (typeof ESCALATION_CHOICES)[number];

/** O1. Globs relative to the repository root; `{ledger}`, `{task}` and `{output}` are placeholders. */
export interface OwnSpec {
  readonly orchestrator: readonly string[];
  readonly worker: readonly string[];
}

export interface SessionSpec {
  /** C8: `parent`: the next task of the same parent may go on in the session of the last one. */
  readonly reuse: 'never' | 'parent';
  readonly minFreePercent: number;
}

export interface AgentSpec {
  readonly kind: 'command' | 'script' | 'claude' | 'codex' | 'acp' | 'external';
  /** For `command`: program and arguments, run without a shell. For `script`: the scenario lines. */
  readonly command: readonly string[];
  /** Added to the allow-listed environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables passed on from our own environment, besides the allow-list. */
  readonly passEnv: readonly string[];
  readonly bin: string | null;
  readonly model: string | null;
}

export interface GateSpec {
  readonly name: string;
  /** A shell line of the user's configuration (S1). */
  readonly run: string;
  readonly timeoutMs: number;
  /** Folder inside the repository, for `repos` that are folders; null: the task's. */
  readonly cwd: string | null;
}

/** What an agent must report, as data (T5, W3). */
export interface ReportSpec {
  /** `json`: the last JSON block of its output or the result file. `file`: `key: value` lines in `path`. */
  readonly from: 'json' | 'file';
  /** Template; only for `file`. */
  readonly path: string | null;
  readonly fields: Readonly<Record<string, ReportField>>;
}

export interface ReportField {
  readonly type: 'string' | 'boolean' | 'list' | 'enum' | 'number';
  readonly values: readonly string[];
  readonly required: boolean;
  /** Most characters; longer is a `report` failure. */
  readonly maxLength: number;
  /** What the engine takes it for; null: kept as evidence only. */
  readonly means: 'task' | 'status' | 'commit' | 'used' | 'notes' | 'blocked-by' | null;
  /** For `status`: word of the report -> meaning. */
  readonly map: Readonly<Record<string, 'success' | 'failed' | 'blocked'>>;
}

export interface PromptSpec {
  /** Where it came from, for people: `builtin:task-table/worker.md` or a project path. */
  readonly source: string;
  readonly text: string;
}

export interface GitSpec {
  /** null: there is no remote; nothing is pushed. */
  readonly remote: string | null;
  readonly base: string;
  readonly push: boolean;
}

export interface RepoSpec {
  /** Relative to the project root. A folder of this repository, or another repository. */
  readonly path: string;
  readonly base: string | null;
  readonly remote: string | null;
  /** Names in `gates`; null: all of them. */
  readonly gates: readonly string[] | null;
}

/** E15: every limit has a name and a unit. */
export interface LimitsSpec {
  readonly attemptOutputBytes: number;
  readonly gateOutputBytes: number;
  readonly promptBytes: number;
  readonly evidenceBytes: number;
  readonly runMs: number | null;
  readonly budgetTokens: number | null;
  readonly budgetUsd: number | null;
  /** Attempts of one task over its whole life. */
  readonly fences: number;
  /** SIGINT to SIGTERM, and SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** Between two looks at the remote. */
  readonly syncMs: number;
}
