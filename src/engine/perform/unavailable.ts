import type { Failure } from '../../core/failure.ts';

/** What a playbook may ask for and this version cannot do: said plainly, as a failure of the configuration. */
export function unavailable(what: string): Failure {
  return {
    class: 'config',
    code: 'not-available',
    text: `${what} is not available in this version of Coxswain.`,
    evidence: '',
  };
}
