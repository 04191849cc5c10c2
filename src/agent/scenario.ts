/** What one attempt of the `script` agent does, in order; nothing: it works, commits and reports success. */
export interface Step {
  readonly action: Action;
  /** What follows the action's colon; empty: nothing. */
  readonly value: string;
}

/** Every word of a scenario and what it means; `cox` prints them when one is misspelt. */
export const ACTIONS = {
  ok: 'works, commits, reports success',
  sleep: 'sleep:MS waits before it works',
  'wait-for': 'wait-for:PATH waits until that file is there',
  fail: 'says why on stderr and ends with status 1',
  exit: 'exit:N ends at once with status N',
  die: 'kills itself with SIGKILL',
  hang: 'never ends by itself',
  deaf: 'never ends, and ignores SIGINT and SIGTERM',
  red: 'commits work that says BROKEN, for a gate to find',
  conflict: 'also writes the first line of shared.txt',
  write: 'write:PATH also writes and commits that file ({task} stands for the id)',
  dirty: 'also leaves a file uncommitted',
  empty: 'commits nothing but a commit',
  lie: 'reports a commit that does not exist',
  'lie-old': 'reports the commit it started from',
  'other-branch': 'commits on a branch of its own',
  'no-report': 'works, but reports nothing',
  'bad-json': 'works, but its report is cut off',
  'wrong-id': 'works, but reports on another task',
  blocked: 'blocked:TEXT reports that it is blocked; "(by T1, T2)" at the end names by what',
  set: 'set:FIELD=VALUE puts a field into the report',
  usage: 'usage:N prints a usage line of N tokens',
  leak: 'also writes a file into the main checkout',
  ref: 'ref:NAME also moves that branch, or makes it',
  'touch-ledger': 'touch-ledger:PATH also commits a change of it (docs/tasks.md)',
  'touch-revert': 'as touch-ledger, and commits the change back',
  flood: 'flood:BYTES prints that much',
  child: 'leaves a process behind',
  daemon: 'leaves a process behind in a session of its own',
} as const;
export type Action = keyof typeof ACTIONS;

export interface Occasion {
  readonly task: string;
  readonly attempt: number;
  readonly stage: string;
}

export type Scenario =
  | { readonly ok: true; steps(occasion: Occasion): readonly Step[] }
  | { readonly ok: false; readonly text: string };

/**
 * Reads the lines of a scenario. A line is an action, or a selector, a colon, a space and an action. A selector is a task
 * id (or `*`), `#` and an attempt, `@` and a stage, each of which may be left out; all lines that fit an attempt are done
 * in order.
 *
 * @example parseScenario(['sleep:50', 'T2#1: red', 'T3@review: set:ready=true', '*#1: usage:900'])
 */
export function parseScenario(lines: readonly string[]): Scenario {
  const parsed: { readonly fits: (occasion: Occasion) => boolean; readonly step: Step }[] = [];
  for (const line of lines) {
    const [, selector = '', body = ''] = /^(?:([^\s:]+):\s+)?(.*)$/s.exec(line.trim()) ?? [];
    const [, word = '', value = ''] = /^([a-z-]+)(?::(.*))?$/s.exec(body) ?? [];
    const match = /^([^#@]*)(?:#(\d+))?(?:@(.+))?$/.exec(selector);
    if (!isAction(word) || match === null) {
      return {
        ok: false,
        text: `the scenario line ${JSON.stringify(line)} is not understood; expected one of ${Object.keys(ACTIONS).join(', ')}`,
      };
    }
    const [, task = '', attempt, stage] = match;
    parsed.push({
      step: { action: word, value: value.trim() },
      fits: (occasion) =>
        (task === '' || task === '*' || task === occasion.task) &&
        (attempt === undefined || Number(attempt) === occasion.attempt) &&
        (stage === undefined || stage === occasion.stage),
    });
  }
  return {
    ok: true,
    steps: (occasion) => parsed.filter(({ fits }) => fits(occasion)).map(({ step }) => step),
  };
}

function isAction(word: string): word is Action {
  return Object.hasOwn(ACTIONS, word);
}
