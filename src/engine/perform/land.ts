import type { AdvanceEffect, CandidateEffect, CollectEffect } from '../../core/effect.ts';
import { type Bench, done, type Performed } from '../bench.ts';
import { unavailable } from './unavailable.ts';

// Landings besides `push` are decided by the core and run in simulation; git cannot do them yet.
export async function performCollect(_bench: Bench, _effect: CollectEffect): Promise<Performed<'collect'>> {
  return done({ kind: 'collect', commit: null, failure: unavailable('Landing by `collect`') });
}

export async function performCandidate(_bench: Bench, _effect: CandidateEffect): Promise<Performed<'candidate'>> {
  return done({ kind: 'candidate', candidate: null, failure: unavailable('Landing by `merge`') });
}

export async function performAdvance(_bench: Bench, _effect: AdvanceEffect): Promise<Performed<'advance'>> {
  return done({ kind: 'advance', outcome: 'stale', failure: unavailable('Landing by `merge`') });
}
