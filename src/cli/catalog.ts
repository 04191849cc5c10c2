import type { CommandModule } from './call.ts';

/** Declares a command: commander is told this, help prints it, and the module is loaded only when it is used. */
export interface CommandSpec {
  /** One word, or two for a command of a command: `playbook show`. */
  readonly name: string;
  /** In commander's words: `<id>` is needed, `[id]` may be left out, `...` takes the rest. */
  readonly args: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  readonly load: () => Promise<CommandModule>;
  /** Decides something for the crew: refused to an agent inside an attempt. */
  readonly steers?: boolean;
  /** Taken when the first word is given alone. */
  readonly isDefault?: boolean;
}

export interface OptionSpec {
  readonly flags: string;
  readonly text: string;
  /** `count`: a whole number from 1. `list`: may be given several times. Neither: a switch or a text. */
  readonly takes?: 'count' | 'list';
}

const json: OptionSpec = { flags: '--json', text: 'print JSON with a versioned shape, for programs' };

export const CATALOG: readonly CommandSpec[] = [
  {
    name: 'run',
    args: '',
    summary: 'run the crew until nothing is left to do',
    options: [
      { flags: '--dry-run', text: 'say what would be started now and what waits, and change nothing' },
      { flags: '--task <id>', text: 'only this task; may be given several times', takes: 'list' },
      { flags: '--limit <n>', text: 'agents at once, in place of the configured limit', takes: 'count' },
      { flags: '--json', text: 'print one JSON object a line; the last is {"type":"run-ended",...}' },
    ],
    examples: ['cox run', 'cox run --dry-run', 'cox run --limit 3', 'cox run --task MS-SEC-001'],
    steers: true,
    load: () => import('./command/run.ts'),
  },
  {
    name: 'status',
    args: '',
    summary: 'how it stands: the run, every task, what asks for a person',
    options: [json],
    examples: ['cox status', 'cox status --json'],
    load: () => import('./command/status.ts'),
  },
  {
    name: 'explain',
    args: '<id>',
    summary: 'why a task is where it is, and what must change for it to start',
    options: [json],
    examples: ['cox explain MS-SEC-004'],
    load: () => import('./command/explain.ts'),
  },
  {
    name: 'list',
    args: '',
    summary: 'every task',
    options: [json],
    examples: ['cox list', 'cox list --json'],
    load: () => import('./command/list.ts'),
  },
  {
    name: 'ready',
    args: '',
    summary: 'tasks that could start now, in the order in which they would',
    options: [json],
    examples: ['cox ready', 'cox ready --json'],
    load: () => import('./command/ready.ts'),
  },
  {
    name: 'blocked',
    args: '',
    summary: 'tasks that something holds up, each with the reason',
    options: [json],
    examples: ['cox blocked'],
    load: () => import('./command/blocked.ts'),
  },
  {
    name: 'show',
    args: '<id>',
    summary: 'everything known about one task, with its history',
    options: [json],
    examples: ['cox show MS-SEC-001'],
    load: () => import('./command/show.ts'),
  },
  {
    name: 'stats',
    args: '',
    summary: 'counts by status, attempts, tokens against the estimate',
    options: [json],
    examples: ['cox stats'],
    load: () => import('./command/stats.ts'),
  },
  {
    name: 'graph',
    args: '',
    summary: 'the task graph, as a Mermaid flowchart',
    options: [json],
    examples: ['cox graph', 'cox graph > tasks.mmd'],
    load: () => import('./command/graph.ts'),
  },
  {
    name: 'lint',
    args: '',
    summary: 'check the configuration and the task documents; one `file:line:column: text` for each mistake',
    options: [json],
    examples: ['cox lint'],
    load: () => import('./command/lint.ts'),
  },
  {
    name: 'logs',
    args: '[id]',
    summary: 'what the agent of a task printed; without an id, what happened in the project',
    options: [{ flags: '-f, --follow', text: 'go on until the attempt ends, or Ctrl-C' }, json],
    examples: ['cox logs', 'cox logs MS-SEC-001', 'cox logs MS-SEC-001 -f'],
    load: () => import('./command/logs.ts'),
  },
  {
    name: 'inbox',
    args: '',
    summary: 'what waits for a person',
    options: [{ flags: '--all', text: 'also what was answered before' }, json],
    examples: ['cox inbox'],
    load: () => import('./command/inbox.ts'),
  },
  {
    name: 'approve',
    args: '<item>',
    summary: 'let the run go on past an item of the inbox',
    options: [],
    examples: ['cox approve checkpoint-1'],
    steers: true,
    load: () => import('./command/approve.ts'),
  },
  {
    name: 'reject',
    args: '<item> [text...]',
    summary: 'refuse an item of the inbox: the run stops, or its failed tasks are tried again',
    options: [{ flags: '--retry-failed', text: 'try the failed tasks again in place of stopping' }],
    examples: ['cox reject checkpoint-1 "the names are wrong"', 'cox reject checkpoint-1 --retry-failed'],
    steers: true,
    load: () => import('./command/reject.ts'),
  },
  {
    name: 'answer',
    args: '<item> <choice> [text...]',
    summary: 'answer an escalation with one of its choices',
    options: [],
    examples: ['cox answer escalation-2 retry "use the second approach"'],
    steers: true,
    load: () => import('./command/answer.ts'),
  },
  ...(['retry', 'skip', 'cancel', 'release'] as const).map((name) => ({
    name,
    args: '<id>',
    summary: {
      retry: 'put a failed, blocked or cancelled task back, with its attempts counted anew',
      skip: 'count a task as done for those that wait for it, without doing it',
      cancel: 'give a task up; an attempt at it is ended with its work saved',
      release: 'free a blocked task: what was in its way is gone',
    }[name],
    options: [],
    examples: [`cox ${name} MS-SEC-001`],
    steers: true,
    load: async () => ({ run: (await import('./command/steer.ts')).steerTask(name) }),
  })),
  ...(['pause', 'resume', 'drain', 'stop'] as const).map((name) => ({
    name,
    args: '',
    summary: {
      pause: 'start nothing new; what runs goes on',
      resume: 'take back a pause or a drain',
      drain: 'start nothing new, and end the run when what runs has ended',
      stop: 'end the run now; work is saved, `cox run` goes on from there',
    }[name],
    options: [],
    examples: [`cox ${name}`],
    steers: true,
    load: async () => ({ run: (await import('./command/steer.ts')).steerRun(name) }),
  })),
  {
    name: 'playbook show',
    args: '[name]',
    summary: "the playbook in its full form: the project's effective one, or a built-in one",
    options: [json],
    examples: ['cox playbook show', 'cox playbook show task-table'],
    load: () => import('./command/playbook-show.ts'),
    isDefault: true,
  },
  {
    name: 'playbook list',
    args: '',
    summary: 'the built-in playbooks',
    options: [json],
    examples: ['cox playbook list'],
    load: () => import('./command/playbook-list.ts'),
  },
  {
    name: 'playbook schema',
    args: '',
    summary: 'the JSON Schema of coxswain.yaml, for editors',
    options: [{ flags: '--json', text: 'the same: a schema is JSON' }],
    examples: ['cox playbook schema > coxswain.schema.json'],
    load: () => import('./command/playbook-schema.ts'),
  },
  {
    name: 'init',
    args: '',
    summary: 'look at the documents of this folder and write a coxswain.yaml for them',
    options: [{ flags: '-y, --yes', text: 'do not ask' }],
    examples: ['cox init', 'cox init --yes'],
    steers: true,
    load: () => import('./command/init.ts'),
  },
  {
    name: 'demo',
    args: '',
    summary: 'watch a crew work through a throwaway project (under a minute, no model needed)',
    options: [{ flags: '--keep', text: 'leave the project there, to look around in it' }],
    examples: ['cox demo', 'cox demo --keep'],
    load: () => import('./command/demo.ts'),
  },
];
