import type { Effect } from '../../../core/effect.ts';
import type { Life } from '../life.ts';

/** What must hold at the moment an effect touches the world. */
export function checkAct(_life: Life, _effect: Effect): void {}
