import type { Event } from '../../../core/event.ts';
import type { StepResult } from '../../../core/step.ts';
import { cover } from '../coverage.ts';
import type { Life } from '../life.ts';
import type { Before } from './before.ts';
import { checkEffects } from './check-effects.ts';
import { checkExplain } from './check-explain.ts';
import { checkMoves } from './check-moves.ts';
import { checkEnd } from './check-run.ts';
import { checkState } from './check-state.ts';
import { checkStore } from './check-store.ts';

/** Everything that must hold after every event. */
export function checkEvent(life: Life, event: Event, old: Before, result: StepResult): void {
  record(life, event, old, result);
  // Writing every row out is dear; what was not returned as changed stays wrong until the next look.
  if (life.events % 4 === 0) checkStore(life);
  checkState(life);
  checkEffects(life, old, result);
  checkMoves(life, event, old, result);
  checkExplain(life, old, result);
  if (life.state.run.status === 'ended' && old.runStatus !== 'ended') checkEnd(life);
}

function record(life: Life, event: Event, old: Before, { entry, effects }: StepResult): void {
  const { coverage, state } = life;
  cover(coverage, 'event', event.type);
  if (event.type === 'effect-ended') cover(coverage, 'result', event.result.kind);
  for (const effect of effects) {
    cover(coverage, 'effect', effect.kind);
    if (effect.kind === 'step') cover(coverage, 'step', `${effect.scope}/${effect.step.do}`);
    if (effect.kind === 'attempt') {
      if (effect.think !== null) cover(coverage, 'rung', 'think');
      if (effect.model !== null) cover(coverage, 'rung', 'model');
      if (effect.agent !== 'default') cover(coverage, 'rung', 'agent');
      cover(coverage, 'session', effect.session === null ? 'fresh' : 'same');
    }
  }
  for (const note of entry?.notes ?? []) cover(coverage, 'note', note.code);
  for (const task of state.tasks.values()) {
    const before = old.tasks.get(task.id)?.status ?? 'new';
    if (before !== task.status) cover(coverage, 'move', `${before}>${task.status}`);
  }
  for (const item of state.inbox.values()) if (item.openedAt === state.run.now) cover(coverage, 'inbox', item.kind);
}
