import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { StoreError } from '../store/store-error.ts';
import { CliError, EXIT } from './cli-error.ts';
import { runProgram } from './program.ts';
import { findProject } from './project.ts';
import { escapeLine } from './render/escape.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs a command and turns whatever goes wrong into a sentence and an exit status. */
export async function start(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  process.on('uncaughtException', (error) => process.exit(report(error, terminal, argv)));
  try {
    const { COX_PROJECT: project, COX_ATTEMPT: attempt } = process.env;
    return await runProgram(argv, { terminal, cwd: process.cwd(), project, attempt });
  } catch (error) {
    return report(error, terminal, argv);
  }
}

function report(error: unknown, terminal: Terminal, argv: readonly string[]): number {
  if (error instanceof CliError) {
    for (const line of error.lines()) terminal.problem(escapeLine(line));
    if (process.env.COX_DEBUG) terminal.problem(details(error));
    return error.status;
  }
  if (error instanceof StoreError && error.code !== 'second-writer') {
    terminal.problem(escapeLine(error.message));
    return EXIT.usage;
  }
  if (isEnvironment(error)) {
    const next = 'mend that (permissions, free space, open files) and run the command again';
    return report(new CliError(`do \`cox ${argv[0] ?? ''}\``, error.message, next), terminal, argv);
  }
  terminal.problem(bugSentence(error, argv));
  if (process.env.COX_DEBUG) terminal.problem(details(error));
  return EXIT.bug;
}

/** What the machine refuses us is no bug of ours. */
function isEnvironment(error: unknown): error is NodeJS.ErrnoException {
  const codes = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO'];
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** No stack for users (I5): it goes to a file whose name they can pass on. */
function bugSentence(error: unknown, argv: readonly string[]): string {
  const what = escapeLine(error instanceof Error ? error.message : String(error)).slice(0, 200);
  const file = writeDetails(`cox ${argv.join(' ')}\n${process.version} ${process.platform}\n\n${details(error)}\n`);
  const next =
    file === null ? 'run it again with COX_DEBUG=1 and report what it prints' : `report it with the details in ${file}`;
  return `Cannot go on: this is a bug in Coxswain (${what}). Nothing was committed after it. Next step: ${next}.`;
}

function writeDetails(text: string): string | null {
  const project = findProject({ option: undefined, env: process.env.COX_PROJECT, cwd: process.cwd() });
  const state = project === null ? null : path.join(project.root, '.coxswain');
  const folders = [
    ...(state && existsSync(state) ? [path.join(state, 'bugs')] : []),
    path.join(os.tmpdir(), 'coxswain-bugs'),
  ];
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true });
      const file = path.join(folder, `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}.txt`);
      writeFileSync(file, text, { flag: 'wx' });
      return file;
    } catch {
      // The next folder, or none: the sentence matters more than the file.
    }
  }
  return null;
}

function details(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${details(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
