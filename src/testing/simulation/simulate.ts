import type { Playbook } from '../../core/playbook.ts';
import type { Outcome } from '../../core/rows.ts';
import { checkReplay } from './check/check-run.ts';
import { checkIndex, checkStore } from './check/check-store.ts';
import { CORE, type Core, EMPTY_SNAPSHOT } from './core-api.ts';
import type { Coverage } from './coverage.ts';
import { drawFaults, type Fault, type FaultSet } from './faults.ts';
import { look, send } from './fold.ts';
import { type Hands, type Life, type Violation, violate } from './life.ts';
import { createMirror } from './mirror.ts';
import { awake, resolve } from './person.ts';
import { createRandom } from './random.ts';
import { startEffect, stopAttempt } from './shell.ts';
import { twist } from './twist.ts';
import { makeProject } from './world/project.ts';
import { createWorld, suffers } from './world/world.ts';

export interface SimulateOptions {
  readonly playbook: Playbook;
  readonly seed: number;
  /** By default drawn from the seed. */
  readonly faults?: FaultSet;
  /** Most tasks a project begins with. */
  readonly size?: number;
  readonly core?: Core;
  /** Keeps one line an event. */
  readonly trace?: boolean;
}

export interface SimulateResult {
  /** How the last run ended; null: it never did, which is a violation. */
  readonly outcome: Outcome | null;
  /** Empty when every promise was kept; otherwise the first that was broken. */
  readonly violations: readonly Violation[];
  readonly coverage: Coverage;
  readonly trace: readonly string[];
  readonly faults: readonly Fault[];
  readonly events: number;
  readonly crashes: number;
  readonly runs: number;
  /** Where it stood at the end, for whoever looks into a failure. */
  readonly state: string;
}

const MAX_EVENTS = 20_000;
const MAX_RUNS = 60;

/**
 * Lives a project's whole life from one seed: runs, crashes, persons, until all is done. Deterministic: equal options
 * give equal results. While faults are on anything may go wrong; after some time they are switched off, and from then on
 * the life must come to its end.
 *
 * @example
 * const { violations } = simulate({ playbook, seed: 4711 });
 */
export function simulate(options: SimulateOptions): SimulateResult {
  const random = createRandom(`life ${options.seed}`);
  const faults = options.faults ?? drawFaults(random.fork('faults'));
  const life = createLife(options, faults);
  makeProject(life.world, options.size ?? 9);
  begin(life);
  live(life);
  if (life.violations.length === 0) checkReplay(life);
  return {
    outcome: life.state.run.outcome,
    violations: life.violations,
    coverage: life.coverage,
    trace: life.trace ?? [],
    faults: [...faults],
    events: life.events,
    crashes: life.crashes,
    runs: life.runs,
    state: options.trace === true ? describe(life) : '',
  };
}

function describe({ core, state }: Life): string {
  const tasks = [...state.tasks.values()].map((task) => {
    const { id, status, stage, fence, flight, fact, openDeps, heldDeps, hold } = task;
    const reasons = core.explain(state, id)?.reasons.map(({ code, on }) => `${code} ${on ?? ''}`);
    const place = `${fact.phase ?? '-'}/${task.group ?? '-'} deps ${fact.dependsOn} (${openDeps}/${heldDeps})`;
    return `${id} ${status} stage ${stage} fence ${fence} ${flight ?? ''} ${place} ${JSON.stringify(hold)} | ${reasons?.join('; ')}`;
  });
  const groups = [...state.groups.values()].map((group) => JSON.stringify(group));
  const items = [...state.inbox.values()].filter((item) => item.closedAt === null).map((item) => item.text);
  const run = JSON.stringify({ ...state.run, retired: undefined });
  return [run, ...tasks, ...groups, ...items, core.deadlockCause(state)?.text, ...state.effects.keys()].join('\n');
}

function createLife({ playbook, seed, core = CORE, trace = false }: SimulateOptions, faults: FaultSet): Life {
  const random = createRandom(`life ${seed}`);
  const world = createWorld(twist(playbook, random.fork('twist'), faults), faults, random);
  const hands: Hands = {
    start: (effect) => startEffect(life, effect),
    stop: (key) => stopAttempt(life, key),
  };
  const life: Life = {
    core,
    world,
    mirror: createMirror(),
    journal: [],
    coverage: new Map(),
    violations: [],
    trace: trace ? [] : null,
    state: core.createState(world.playbook, structuredClone(EMPTY_SNAPSHOT)),
    epoch: 0,
    isAlive: false,
    flights: new Map(),
    seen: 0,
    tickedAt: 0,
    idleTicks: 0,
    events: 0,
    crashes: 0,
    runs: 0,
    memory: { keys: new Set(), fences: new Map(), steps: new Map() },
    hands,
  };
  return life;
}

/** One orchestrator comes to life: what is outstanding is performed again, the documents are read, the run begins. */
function begin(life: Life): void {
  const { world, core } = life;
  const { person } = world.chance;
  life.epoch += 1;
  life.runs += 1;
  life.flights.clear();
  const dead = life.state;
  checkStore(life);
  life.state = core.createState(world.playbook, life.mirror.load());
  if (life.runs > 1) checkIndex(life, dead, life.state);
  life.isAlive = true;
  life.seen = 0;
  world.ledger.isBroken = false;
  life.trace?.push(`        -- run ${life.runs} --`);
  for (const effect of core.outstanding(life.state)) startEffect(life, effect);
  const { epoch } = life;
  look(life);
  if (life.epoch !== epoch) return;
  const isOdd = suffers(world, 'commands');
  const ids = world.ledger.rows.map((row) => row.id);
  const only = isOdd && person.chance(0.15) ? ids.filter(() => person.chance(0.5)) : null;
  const limit = isOdd && person.chance(0.2) ? person.between(1, 6) : null;
  send(life, { type: 'run-started', only, limit });
}

function live(life: Life): void {
  const { schedule } = life.world;
  const stormEvents = 60 + life.world.chance.machine.between(0, 300);
  schedule.after(life.world.chance.person.between(1, 600_000), () => wake(life));
  while (life.violations.length === 0) {
    if (life.events > stormEvents || life.runs > 12) life.world.isCalm = true;
    if (life.events > MAX_EVENTS) violate(life, 'live', `it did not end within ${MAX_EVENTS} events`);
    if (life.runs > MAX_RUNS) violate(life, 'live', `it did not end within ${MAX_RUNS} runs`);
    if (!life.isAlive) {
      // What has crashed comes back; what the dead one left running goes on meanwhile.
      schedule.moveTo(schedule.now + life.world.chance.crash.between(1, 120_000));
      begin(life);
    } else if (life.state.run.status === 'ended') {
      if (!endRun(life)) return;
    } else if (!tick(life)) {
      const next = schedule.take();
      if (next === null) violate(life, 'live', `nothing will ever happen again; the run is ${life.state.run.status}`);
      else next();
    }
  }
}

/** The run is over: a person does something about what is left, and runs again. Says whether there is more to come. */
function endRun(life: Life): boolean {
  life.isAlive = false;
  life.epoch += 1;
  if (life.violations.length > 0) return false;
  const { outcome } = life.state.run;
  life.trace?.push(`        -- ended: ${outcome} --`);
  if (outcome === 'done' && (life.world.isCalm || life.world.chance.person.chance(0.7)) && life.state.run.only === null)
    return false;
  look(life);
  resolve(life);
  return life.violations.length === 0;
}

/** Level-triggered, as the engine's loop: when time alone changes something before anything else happens. */
function tick(life: Life): boolean {
  const { world, core } = life;
  const { schedule } = world;
  const deadline = core.nextDeadline(life.state);
  if (deadline === null) return false;
  const at = Math.max(deadline - world.skewMs, life.tickedAt + 1000, schedule.now);
  const next = schedule.nextAt();
  if (next !== null && next < at) return false;
  schedule.moveTo(at);
  life.tickedAt = at;
  const { seq } = life.state.run;
  send(life, { type: 'tick' });
  life.idleTicks = life.state.run.seq === seq ? life.idleTicks + 1 : 0;
  if (life.idleTicks > 20) violate(life, 'E12', 'it ticks and nothing changes');
  return true;
}

/** The person looks in, now and then, for as long as the life lasts. */
function wake(life: Life): void {
  if (life.isAlive) awake(life);
  const { person, machine } = life.world.chance;
  // A useless event changes nothing, not even the clock.
  if (life.isAlive && machine.chance(0.2)) send(life, { type: 'tick' });
  const isBusy = suffers(life.world, 'commands') && machine.chance(0.5);
  life.world.schedule.after(person.between(10_000, isBusy ? 120_000 : 1_200_000), () => wake(life));
}
