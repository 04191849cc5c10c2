import type { GateOutcome } from '../core/event.ts';
import type { GateSpec } from '../core/playbook.ts';

/** Runs one gate in a folder, with its whole process tree ended at the timeout (T6). */
export interface Gates {
  run(request: GateRequest): Promise<GateOutcome>;
}

export interface GateRequest {
  readonly gate: GateSpec;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path the whole output goes to, up to `outputBytes`. */
  readonly logFile: string;
  readonly outputBytes: number;
  readonly evidenceBytes: number;
  readonly graceMs: number;
  readonly marker: string;
  readonly signal: AbortSignal;
}
