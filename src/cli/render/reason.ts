import type { Reason } from '../../core/explain.ts';

/** The sentence for people. That no run is on is normal, and needs a next step rather than a cause. */
export function reasonText({ code, text }: Reason): string {
  return code === 'not-running' ? 'no run is on; `cox run` starts one' : text;
}
