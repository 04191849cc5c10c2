import { type Attempt, argumentOf, has } from './script-attempt.ts';

/** What the script agent says at its end: the JSON block of the task-table seed, true or not; null: nothing. */
export function scriptReport(attempt: Attempt): string | null {
  if (has(attempt, 'no-report')) return null;
  const { task, git, start } = attempt;
  const blocked = argumentOf(attempt, 'blocked');
  const [, text = '', by] = /^(.*?)\s*(?:\(by ([^)]*)\))?$/s.exec(blocked) ?? [];
  const commit = has(attempt, 'lie')
    ? 'f'.repeat(40)
    : start === '' || has(attempt, 'lie-old')
      ? start
      : git('rev-parse', 'HEAD');
  const fields = attempt.steps.filter(({ action }) => action === 'set').map(({ value }) => fieldOf(value));
  const json = JSON.stringify(
    {
      task_id: has(attempt, 'wrong-id') ? `${task}-other` : task,
      status: has(attempt, 'blocked') ? 'blocked' : 'success',
      used: argumentOf(attempt, 'usage') || '1K',
      ...(has(attempt, 'blocked') ? { blocked_by: by?.split(/[,\s]+/) ?? [] } : { commit_sha: commit }),
      notes: text || `${attempt.stage} of ${task} done`,
      ...Object.fromEntries(fields),
    },
    null,
    2,
  );
  return `Done.\n\n\`\`\`json\n${has(attempt, 'bad-json') ? json.slice(0, json.length / 2) : `${json}\n\`\`\``}`;
}

function fieldOf(text: string): [string, unknown] {
  const [name = '', ...rest] = text.split('=');
  const value = rest.join('=');
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
