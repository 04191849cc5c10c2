import type { Signal } from '../../core/effect.ts';
import type { Event } from '../../core/event.ts';
import type { StepResult } from '../../core/step.ts';
import { deltaOf } from '../../ledger/delta.ts';
import { before } from './check/before.ts';
import { checkEvent } from './check/check-event.ts';
import { cover } from './coverage.ts';
import { type Life, type Report, violate } from './life.ts';
import { readFacts } from './world/ledger.ts';
import { suffers } from './world/world.ts';

/** Takes an event as the engine does: look at the documents, decide, commit, check, act. Crashes happen in between. */
export function send(life: Life, report: Report): void {
  const { epoch } = life;
  look(life);
  if (life.epoch === epoch) fold(life, report);
}

/** Compares the documents with the state, so that what is decided is decided from what they say now. */
export function look(life: Life): void {
  const { ledger, playbook } = life.world;
  if (ledger.version === life.seen || life.violations.length > 0) return;
  life.seen = ledger.version;
  if (ledger.isBroken) {
    fold(life, { type: 'ledger-broken', text: 'tasks.md:3:1: this is no row' });
    return;
  }
  for (const row of ledger.rows) ledger.base.set(row.id, row.status);
  const { groups, phases, activePhase } = ledger;
  const facts = readFacts(playbook, ledger);
  const known = [...life.state.tasks.values()].map((task) => task.fact);
  const delta = deltaOf(known, { ok: true, fingerprint: '', facts, groups, phases, activePhase, warnings: [] });
  fold(life, { type: 'ledger-observed', delta });
}

function fold(life: Life, report: Report): void {
  const { world, core } = life;
  if (life.violations.length > 0) return;
  const event: Event = { ...report, at: world.schedule.now + world.skewMs };
  if (dies(life)) return;
  life.events += 1;
  const old = before(life);
  const result = decide(life, event);
  if (result === null) return;
  if (result.changes !== null && result.entry !== null) {
    life.mirror.commit(result.changes);
    life.journal.push(result.entry);
  }
  tell(life, event, result);
  checkEvent(life, event, old, result);
  if (life.violations.length > 0 || dies(life) || !life.isAlive) return;
  for (const effect of result.effects) life.hands.start(effect);
  for (const signal of result.signals) give(life, signal);
  if (core.outstanding(life.state).length > 500) violate(life, 'E15', 'there are more than 500 outstanding effects');
}

function decide(life: Life, event: Event): StepResult | null {
  try {
    return life.core.step(life.state, event);
  } catch (error) {
    violate(life, 'total', `${event.type} broke the core: ${error instanceof Error ? error.stack : String(error)}`);
    return null;
  }
}

/** The orchestrator's process ends here and now; what it had in memory is gone. */
function dies(life: Life): boolean {
  const { world } = life;
  if (!life.isAlive || !suffers(world, 'crash') || !world.chance.crash.chance(0.008)) return false;
  crash(life);
  return true;
}

export function crash(life: Life): void {
  life.epoch += 1;
  life.crashes += 1;
  life.isAlive = false;
  life.flights.clear();
  life.trace?.push('        -- crash --');
}

function give(life: Life, signal: Signal): void {
  cover(life.coverage, 'signal', signal.kind);
  switch (signal.kind) {
    case 'stop-attempt': {
      const flight = life.flights.get(signal.key);
      if (flight === undefined) return;
      flight.aborted ??= signal.reason;
      cover(life.coverage, 'stop', signal.reason);
      life.hands.stop(signal.key);
      return;
    }
    case 'perform-again': {
      const effect = life.state.effects.get(signal.key);
      if (effect !== undefined) life.hands.start(effect);
      return;
    }
    case 'notify':
      return;
  }
}

function tell(life: Life, event: Event, { entry }: StepResult): void {
  if (life.trace === null) return;
  const what = 'key' in event ? event.key : event.type === 'operator' ? JSON.stringify(event.command) : '';
  const notes = (entry?.notes ?? []).map((note) => `${note.code}(${note.task ?? ''})`).join(' ');
  const time = ((event.at - 1_800_000_000_000) / 1000).toFixed(1).padStart(8);
  life.trace.push(`${time} ${event.type} ${what} ${detail(event)} | ${notes}`);
}

function detail(event: Event): string {
  switch (event.type) {
    case 'effect-ended': {
      const { result } = event;
      if (result.kind === 'attempt') return `${result.end.ending} ${result.end.report?.notes ?? ''}`;
      return 'failure' in result && result.failure !== null ? result.failure.code : '';
    }
    case 'ledger-observed':
      return `put ${event.delta.put.map((fact) => `${fact.id}:${fact.ledgerStatus}`).join(',')} gone ${event.delta.gone.join(',')}`;
    case 'effect-failed':
      return event.failure.code;
    default:
      return '';
  }
}
