import { appendFileSync } from 'node:fs';
import process from 'node:process';

const trace = process.env.COX_CRASH_TRACE ?? '';
const [target = '', nth = '1'] = (process.env.COX_CRASH_AT ?? '').split('#');
const isArmed = trace !== '' || target !== '';
let countdown = Number(nth);

/**
 * Names a place where the world is about to be touched, or was just touched (E2, requirement of the crash tests). Costs
 * one comparison unless a crash test asks for more:
 *
 * - `COX_CRASH_TRACE=file`: every name met is appended to that file, one a line.
 * - `COX_CRASH_AT=name#n`: this process kills itself with SIGKILL the nth time it meets `name` (n is 1 when left out).
 *
 * The name is traced before the kill, so that a trace of a killed run ends with the place where it died.
 *
 * @example crashPoint('ledger-write:before');
 */
export function crashPoint(name: string): void {
  if (!isArmed) return;
  // Synchronous on purpose: an effect that happens after this line must not overtake the record of it.
  if (trace !== '') appendFileSync(trace, `${name}\n`);
  if (name !== target) return;
  countdown -= 1;
  if (countdown === 0) process.kill(process.pid, 'SIGKILL');
}
