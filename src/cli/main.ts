import { enableCompileCache } from 'node:module';
import process from 'node:process';

// The first lines of every start: nothing heavy is imported before it is known to be needed, and what is imported then
// comes out of the cache, compiled and, in a checkout, already stripped of its types.
enableCompileCache();
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 2 && argv[0] === 'ready' && argv[1] === '--json') {
    const { quickReady } = await import('./quick-ready.ts');
    const text = quickReady({ cwd: process.cwd(), env: process.env.COX_PROJECT });
    if (text !== null) {
      // A reader that has seen enough is no mistake; `terminal.ts`, which says so for the others, is not loaded here.
      process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
      process.stdout.write(text);
      return 0;
    }
  }
  // For ourselves: the built-in script agent, in a process of its own.
  if (argv[0] === '__script') {
    const { runScript } = await import('../agent/script-runner.ts');
    return runScript(argv.slice(1), process.env);
  }
  const { start } = await import('./start.ts');
  return start(argv);
}
