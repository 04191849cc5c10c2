import type { Call } from '../call.ts';
import { listTasks } from '../render/task-list.ts';

export function run(call: Call): Promise<number> {
  return listTasks(call, { statuses: ['ready'], none: 'No task is ready. `cox blocked` says what holds them up.' });
}
