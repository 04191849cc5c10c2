import type { ProjectQuery } from './project.ts';
import type { Terminal } from './terminal.ts';

/** One use of a command, as its module gets it. */
export interface Call {
  readonly args: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  readonly where: ProjectQuery;
}

/** Every option any command has, parsed by commander as `catalog.ts` declares it. */
export interface Options {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly task?: readonly string[];
  readonly limit?: number;
  readonly follow?: boolean;
  readonly retryFailed?: boolean;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly keep?: boolean;
  readonly project?: string;
}

/** What `command/<name>.ts` exports; the number is the exit status (I3). */
export interface CommandModule {
  run(call: Call): Promise<number> | number;
}
