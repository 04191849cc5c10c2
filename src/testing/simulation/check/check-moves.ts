import type { Event } from '../../../core/event.ts';
import type { StepResult } from '../../../core/step.ts';
import type { Life } from '../life.ts';
import type { Before } from './before.ts';

export function checkMoves(_life: Life, _event: Event, _old: Before, _result: StepResult): void {}
