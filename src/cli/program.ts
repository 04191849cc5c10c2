import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CommandModule, Options } from './call.ts';
import { CATALOG, type CommandSpec, type OptionSpec } from './catalog.ts';
import { CliError, EXIT } from './cli-error.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

export interface Environment {
  readonly terminal: Terminal;
  readonly cwd: string;
  /** COX_PROJECT. */
  readonly project: string | undefined;
  /** COX_ATTEMPT: it is an agent, inside this attempt, that calls. */
  readonly attempt: string | undefined;
}

/** Parses the arguments, runs the command and returns the exit status. Mistakes in the arguments throw a `CliError`. */
export async function runProgram(argv: readonly string[], environment: Environment): Promise<number> {
  let status: number = EXIT.ok;
  const program = createProgram(async (spec, command) => {
    const { terminal, cwd, project, attempt } = environment;
    const options = command.optsWithGlobals<Options>();
    // A dry run only looks.
    if (spec.steers && attempt && !options.dryRun) throw agentSteers(spec, attempt);
    const module: CommandModule = await spec.load();
    const where = { option: options.project, env: project, cwd };
    status = await module.run({ args: command.args, options, terminal, where });
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    // `cox` alone: the help was printed, on stderr, and that is a usage error.
    if (error.code === 'commander.help') return EXIT.usage;
    throw usageError(error, argv);
  }
  return status;
}

type Act = (spec: CommandSpec, command: Command) => Promise<void>;

/** The command tree as commander has it; exported for completion and for the test that runs every example. */
export function createProgram(act: Act): Command {
  const program = quiet(new Command('cox'))
    .description('Steers a crew of coding agents over the tasks of a git repository.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--project <dir>', 'folder of the project; else COX_PROJECT, else found upwards from here')
    .addHelpText('after', '\nStart with `cox demo`, or with `cox init` and `cox run` in a repository of yours.');
  const parents = new Map<string, Command>();
  for (const spec of CATALOG) {
    const [first = '', second] = spec.name.split(' ');
    const parent = second === undefined ? program : (parents.get(first) ?? addParent(program, parents, first));
    addCommand(parent, second ?? first, spec, act);
  }
  return program;
}

function addParent(program: Command, parents: Map<string, Command>, name: string): Command {
  const parent = quiet(program.command(name)).description('built-in playbooks, and the one in effect');
  parents.set(name, parent);
  return parent;
}

function addCommand(parent: Command, name: string, spec: CommandSpec, act: Act): void {
  const command = quiet(parent.command(name, { isDefault: spec.isDefault === true }))
    .description(spec.summary)
    .configureHelp({ showGlobalOptions: true })
    .action(() => act(spec, command));
  if (spec.args !== '') command.arguments(spec.args);
  for (const option of spec.options) command.addOption(toOption(option));
  command.addHelpText('after', `\nExamples:\n  ${spec.examples.join('\n  ')}`);
}

function toOption({ flags, text, takes }: OptionSpec): Option {
  const option = new Option(flags, text);
  if (takes === 'count') option.argParser(parseCount);
  if (takes === 'list') option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
  return option;
}

function parseCount(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('A whole number from 1 was expected.');
  return Number(value);
}

/** Nothing ends the process but main, and mistakes are printed in our form (I5). */
function quiet(command: Command): Command {
  return command.exitOverride().configureOutput({ outputError: () => {} });
}

/** A courtesy, no wall: what an agent can unset keeps out an eager one, not a hostile one (SECURITY.md). */
function agentSteers({ name }: CommandSpec, attempt: string): CliError {
  return new CliError(
    `${name} from inside the attempt ${attempt}`,
    'an agent reports, it does not steer',
    'say it in the report of the task; a person steers from a terminal of their own, where COX_ATTEMPT is not set',
  );
}

/** `error: unknown option '--foo'\n(Did you mean --for?)` in the form of I5. */
function usageError(error: CommanderError, argv: readonly string[]): CliError {
  const reason = error.message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/s, '. Did you mean $1?')
    .replaceAll('\n', ' ');
  const words = argv.filter((word) => !word.startsWith('-')).slice(0, 2);
  const spec = CATALOG.find(({ name }) => name === words.join(' ')) ?? CATALOG.find(({ name }) => name === words[0]);
  return new CliError(
    'do that',
    reason,
    spec ? `see \`cox ${spec.name} --help\`` : 'see `cox --help` for the commands',
  );
}
