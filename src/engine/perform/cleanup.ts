import type { CleanupEffect } from '../../core/effect.ts';
import { crashPoint } from '../../process/crash-point.ts';
import { type Bench, done, type Performed } from '../bench.ts';

/** Frees the task's branch once the work is proven to be kept (E7). */
export async function performCleanup(
  bench: Bench,
  { task, fence, keep, isDone }: CleanupEffect,
): Promise<Performed<'cleanup'>> {
  crashPoint('cleanup:before');
  await bench.parts.workspaces.cleanup({ task, fence, keep, isDone });
  crashPoint('cleanup:after');
  return done({ kind: 'cleanup' });
}
