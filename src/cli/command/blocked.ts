import type { Call } from '../call.ts';
import { listTasks } from '../render/task-list.ts';

export function run(call: Call): Promise<number> {
  return listTasks(call, {
    statuses: ['waiting', 'blocked', 'escalated', 'failed'],
    withReasons: true,
    none: 'Nothing is held up.',
  });
}
