import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface GateProposal {
  readonly name: string;
  readonly run: string;
}

/** Scripts of package.json that look like checks, in the order in which they fail soonest. */
const SCRIPTS = ['format:check', 'lint', 'typecheck', 'type-check', 'types', 'check', 'test', 'build'];

/** Commands that check a change, as the project's own files name them. `check` alone stands for all when there is one. */
export function findGates(root: string): GateProposal[] {
  const scripts = packageScripts(root);
  const runner = scriptRunner(root);
  const own = SCRIPTS.filter((name) => scripts[name] !== undefined && !/no test specified/.test(scripts[name] ?? ''));
  const chosen = own.includes('check') ? own.filter((name) => name === 'check' || name === 'test') : own;
  if (chosen.length > 0) {
    return chosen.map((name) => ({
      name: name.replace(':', '-'),
      run: name === 'test' && runner === 'npm run' ? 'npm test' : `${runner} ${name}`,
    }));
  }
  const others: readonly [file: string, gate: GateProposal][] = [
    ['Cargo.toml', { name: 'test', run: 'cargo test' }],
    ['go.mod', { name: 'test', run: 'go test ./...' }],
    ['pytest.ini', { name: 'test', run: 'python3 -m pytest' }],
    ['tox.ini', { name: 'test', run: 'tox' }],
  ];
  const found = others.filter(([file]) => existsSync(path.join(root, file))).map(([, gate]) => gate);
  if (found.length > 0) return found.slice(0, 1);
  const isMade = /^test\s*:/m.test(readText(path.join(root, 'Makefile')));
  return isMade ? [{ name: 'test', run: 'make test' }] : [];
}

function packageScripts(root: string): Readonly<Record<string, string>> {
  try {
    const { scripts }: { scripts?: unknown } = JSON.parse(readText(path.join(root, 'package.json')));
    if (typeof scripts !== 'object' || scripts === null) return {};
    return Object.fromEntries(
      Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}

function scriptRunner(root: string): string {
  const runners: readonly [lockfile: string, runner: string][] = [
    ['pnpm-lock.yaml', 'pnpm run'],
    ['yarn.lock', 'yarn run'],
    ['bun.lock', 'bun run'],
    ['bun.lockb', 'bun run'],
  ];
  return runners.find(([lockfile]) => existsSync(path.join(root, lockfile)))?.[1] ?? 'npm run';
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
