import { TASK_STATUSES } from '../../core/task.ts';
import type { Call } from '../call.ts';
import { listTasks } from '../render/task-list.ts';

export function run(call: Call): Promise<number> {
  return listTasks(call, { statuses: TASK_STATUSES, none: 'There are no tasks.' });
}
