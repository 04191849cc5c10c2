import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Core } from '../../../src/testing/simulation/index.ts';
import { live, loadAll, newTally } from '../seeds.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const CORE_FOLDER = path.join(import.meta.dirname, '../../../src/core');

export interface Hunt {
  /** Most lives before a mutant is said to have survived. */
  readonly lives: number;
}

export interface Kill {
  readonly mutant: string;
  /** Lives it took; null: it survived. */
  readonly lives: number | null;
  /** Requirement that was broken. */
  readonly by: string | null;
}

/** Names of the mutants that no checker caught. */
export async function survivors(limits: Hunt): Promise<string[]> {
  const kills: Kill[] = [];
  for (const mutant of MUTANTS) kills.push(await hunt(mutant, limits));
  return kills.filter((kill) => kill.lives === null).map((kill) => kill.mutant);
}

/** Lives with a core that has one fault planted in it, until a checker says so. */
export async function hunt(mutant: Mutant, limits: Hunt): Promise<Kill> {
  const playbooks = await loadAll();
  const core = await mutated(mutant);
  for (let seed = 1; seed <= limits.lives; seed += 1) {
    const tally = newTally();
    const { violations } = live(playbooks, seed, tally, { core, isShrunk: false });
    const [first] = violations;
    if (first !== undefined) return { mutant: mutant.name, lives: seed, by: first.id };
  }
  return { mutant: mutant.name, lives: null, by: null };
}

/** A copy of the core with the fault in it, loaded from a folder of its own. */
async function mutated({ name, file, find, replace }: Mutant): Promise<Core> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cox-mutant-'));
  try {
    cpSync(CORE_FOLDER, folder, { recursive: true });
    const target = path.join(folder, file);
    const source = readFileSync(target, 'utf8');
    const count = source.split(find).length - 1;
    if (count !== 1) throw new Error(`mutant "${name}": ${file} has ${count} places like that, not 1`);
    writeFileSync(
      target,
      source.replace(find, () => replace),
    );
    const load = (module: string) => import(/* @vite-ignore */ pathToFileURL(path.join(folder, module)).href);
    const [step, state, loading, operator, explain, deadlock, expire, summary] = await Promise.all(
      ['step.ts', 'state.ts', 'load.ts', 'operator.ts', 'explain.ts', 'deadlock.ts', 'expire.ts', 'summary.ts'].map(
        load,
      ),
    );
    return { ...step, ...state, ...loading, ...operator, ...explain, ...deadlock, ...expire, ...summary };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
