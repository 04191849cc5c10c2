import type { AttemptEffect } from '../core/effect.ts';
import type { TaskFact } from '../core/fact.ts';
import type { AgentStage } from '../core/playbook.ts';
import type { Place } from '../port/workspace.ts';

/** What an attempt is about, for its prompt and for reading its end. */
export interface AttemptContext {
  readonly effect: AttemptEffect;
  readonly fact: TaskFact;
  readonly stage: AgentStage;
  /** null: the stage has no workspace (`workspace: none`). */
  readonly place: Place | null;
  readonly folder: string;
}
