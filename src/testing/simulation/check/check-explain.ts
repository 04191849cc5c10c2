import type { StepResult } from '../../../core/step.ts';
import type { Life } from '../life.ts';
import type { Before } from './before.ts';

export function checkExplain(_life: Life, _old: Before, _result: StepResult): void {}
