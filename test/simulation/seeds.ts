import type { Playbook } from '../../src/core/playbook.ts';
import {
  type Core,
  type Coverage,
  mergeCoverage,
  type SimulateResult,
  shrinkFaults,
  simulate,
} from '../../src/testing/simulation/index.ts';
import { PLAYBOOKS, playbookNamed } from './playbooks.ts';

/** Seeds take turns with the playbooks, so that any run of seeds has all of them. */
export function playbookOf(seed: number): string {
  return PLAYBOOKS[seed % PLAYBOOKS.length] ?? 'task-table';
}

export async function loadAll(): Promise<ReadonlyMap<string, Playbook>> {
  return new Map(await Promise.all(PLAYBOOKS.map(async (name) => [name, await playbookNamed(name)] as const)));
}

export interface Tally {
  lives: number;
  events: number;
  crashes: number;
  runs: number;
  readonly outcomes: Map<string, number>;
  readonly coverage: Coverage;
  /** One line each: what was broken, and the command that replays it. */
  readonly failures: string[];
}

export function newTally(): Tally {
  return { lives: 0, events: 0, crashes: 0, runs: 0, outcomes: new Map(), coverage: new Map(), failures: [] };
}

export interface LiveOptions {
  readonly core?: Core;
  /** Whether a failure is looked into further, which takes more lives. */
  readonly isShrunk?: boolean;
}

export function live(
  playbooks: ReadonlyMap<string, Playbook>,
  seed: number,
  tally: Tally,
  { core, isShrunk = true }: LiveOptions = {},
): SimulateResult {
  const name = playbookOf(seed);
  const playbook = playbooks.get(name);
  if (playbook === undefined) throw new Error(`there is no playbook ${name}`);
  const options = { playbook, seed, ...(core === undefined ? {} : { core }) };
  const result = simulate(options);
  tally.lives += 1;
  tally.events += result.events;
  tally.crashes += result.crashes;
  tally.runs += result.runs;
  const outcome = result.outcome ?? 'none';
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
  mergeCoverage(tally.coverage, result.coverage);
  for (const { id, text } of result.violations) {
    const drawn = new Set(result.faults);
    const faults = [...(isShrunk ? shrinkFaults(options, drawn) : drawn)].join(',');
    const line = `node test/simulation/replay.ts --playbook ${name} --seed ${seed} --faults ${faults || 'none'}`;
    tally.failures.push(`${id}: ${text.split('\n')[0]?.slice(0, 300)}\n  ${line}`);
  }
  return result;
}
