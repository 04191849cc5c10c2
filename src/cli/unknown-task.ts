import { suggestion } from '../playbook/suggest.ts';
import { CliError } from './cli-error.ts';

export function unknownTask(act: string, id: string, ids: readonly string[]): CliError {
  return new CliError(act, `there is no task "${id}"${suggestion(id, ids)}`, 'see `cox list` for the tasks');
}
