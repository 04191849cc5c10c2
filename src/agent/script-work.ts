import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Step } from './scenario.ts';
import { type Attempt, has } from './script-attempt.ts';

/** Edits and commits, as the scenario says; stage and task alone decide what is written. */
export function work(attempt: Attempt): void {
  const { task, stage, cwd, env, git, start } = attempt;
  if (start === '' || has(attempt, 'lie') || has(attempt, 'lie-old')) return;
  const message = `fix(${task}): ${stage}`;
  if (has(attempt, 'empty')) {
    git('commit', '--allow-empty', '-q', '-m', message);
    return;
  }
  if (has(attempt, 'other-branch')) git('switch', '-q', '-C', `${env.COX_BRANCH ?? task}-elsewhere`);
  const file = `work/${task}.md`;
  put(path.join(cwd, file), page(attempt, path.join(cwd, file)));
  const paths = [file];
  if (has(attempt, 'conflict')) {
    put(path.join(cwd, 'shared.txt'), `the last word is ${task}'s\n`);
    paths.push('shared.txt');
  }
  for (const { action, value } of attempt.steps) {
    if (action !== 'write') continue;
    const name = value.replaceAll('{task}', task);
    put(path.join(cwd, name), `${task}: ${stage}\n`);
    paths.push(name);
  }
  git('add', '--', ...paths);
  git('commit', '-q', '-m', message, '--', ...paths);
}

/** One line a stage. A stage that is done again where its line already stands says so: there must be something to commit. */
function page(attempt: Attempt, file: string): string {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : `# ${attempt.task}\n\n`;
  const line = `- ${attempt.stage}: ${has(attempt, 'red') ? 'BROKEN' : 'done'}\n`;
  const kept = old.replaceAll(`- ${attempt.stage}: BROKEN\n`, '');
  const next = kept + (kept.includes(line) ? `- ${attempt.stage}: done again\n` : line);
  return next === old ? old + line : next;
}

/** What the scenario asks for besides the work. */
export function after(attempt: Attempt, { action, value }: Step): void {
  const { task, cwd, env, git } = attempt;
  switch (action) {
    case 'dirty':
      put(path.join(cwd, `work/${task}.unfinished`), 'not committed\n');
      return;
    case 'leak':
      put(path.join(env.COX_PROJECT ?? cwd, `leak-${task}.txt`), 'outside\n');
      return;
    case 'ref':
      git('update-ref', `refs/heads/${value || `stray-${task}`}`, 'HEAD');
      return;
    case 'touch-ledger':
    case 'touch-revert': {
      const file = value || 'docs/tasks.md';
      mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true });
      appendFileSync(path.join(cwd, file), `\n${task} was here\n`);
      git('add', '--sparse', '--', file);
      git('commit', '-q', '-m', `docs(${task}): ledger`);
      if (action === 'touch-revert') git('revert', '--no-edit', 'HEAD');
      return;
    }
    default:
  }
}

function put(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
