import type { OperatorCommand } from '../../core/event.ts';
import type { InboxItem } from '../../core/rows.ts';
import type { Task } from '../../core/task.ts';
import { cover } from './coverage.ts';
import { edit } from './edits.ts';
import { send } from './fold.ts';
import type { Life } from './life.ts';
import { rowOf } from './world/ledger.ts';
import { mendDependencies } from './world/mend.ts';
import { suffers } from './world/world.ts';

/** What a person does while a run is on: answers, commands, edits; in calm times only what the run waits for. */
export function awake(life: Life): void {
  const { world } = life;
  const { person } = world.chance;
  if (suffers(world, 'clock') && person.chance(0.3)) world.skewMs += person.between(-600_000, 600_000);
  if (suffers(world, 'edits') && person.chance(0.6)) edit(world);
  if (!suffers(world, 'edits')) world.ledger.isBroken = mended(life);
  if (suffers(world, 'base') && person.chance(0.5)) moveBase(life);
  if (suffers(world, 'commands') && person.chance(0.5)) command(life, anyCommand(life));
  for (const item of open(life)) {
    const isSlow = suffers(world, 'answers') && person.chance(0.5);
    if (!isSlow) command(life, answerTo(life, item));
  }
  if (life.state.run.status === 'paused' && (world.isCalm || person.chance(0.7))) command(life, { do: 'resume' });
}

/** After a run: what is left is seen to, the more thoroughly the calmer it is. */
export function resolve(life: Life): void {
  const { world } = life;
  const { person } = world.chance;
  if (suffers(world, 'edits') && person.chance(0.5)) edit(world);
  world.ledger.isBroken = false;
  if (!world.isCalm && person.chance(0.3)) return;
  for (const item of open(life)) command(life, answerTo(life, item));
  const cause = life.core.deadlockCause(life.state);
  for (const id of cause?.release ?? []) free(life, id);
  for (const id of cause?.unreachable ?? []) if (life.state.tasks.has(id)) command(life, { do: 'skip', task: id });
  cut(life, cause?.cycle ?? []);
  for (const task of [...life.state.tasks.values()]) {
    if (task.status === 'failed' || task.status === 'blocked' || task.status === 'escalated') free(life, task.id);
  }
  if (world.isCalm) mendDependencies(world);
}

/** Of those that wait for each other none names another any more. */
function cut({ world }: Life, cycle: readonly string[]): void {
  for (const id of cycle) {
    const row = rowOf(world.ledger, id);
    if (row === undefined) continue;
    row.dependsOn = row.dependsOn.filter((other) => !cycle.includes(other));
    world.ledger.version += 1;
  }
}

function free(life: Life, id: string): void {
  const task = life.state.tasks.get(id);
  if (task === undefined) return;
  const isSkipped = life.world.chance.person.chance(0.1);
  command(life, { do: isSkipped ? 'skip' : task.status === 'blocked' ? 'release' : 'retry', task: id });
}

function mended({ world }: Life): boolean {
  if (world.ledger.isBroken) world.ledger.version += 1;
  return false;
}

function moveBase({ world }: Life): void {
  const { git } = world;
  git.commits.set(`p${git.commits.size}`, {
    id: `p${git.commits.size}`,
    parents: [git.base],
    task: null,
    isGood: true,
  });
  git.base = [...git.commits.keys()].at(-1) ?? git.base;
}

function command(life: Life, order: OperatorCommand | null): void {
  const isOver = life.isAlive && life.state.run.status === 'ended';
  if (order === null || isOver || life.violations.length > 0) return;
  const refused = life.core.refusal(life.state, order);
  cover(life.coverage, refused === null ? 'command' : 'refused', order.do);
  // Refused commands do not reach the core; now and then one does, and must change nothing.
  if (refused !== null && !life.world.chance.person.chance(0.2)) return;
  send(life, { type: 'operator', command: order });
}

function open(life: Life): readonly InboxItem[] {
  return [...life.state.inbox.values()].filter((item) => item.closedAt === null);
}

function answerTo(life: Life, item: InboxItem): OperatorCommand {
  const { person } = life.world.chance;
  const isKind = life.world.isCalm || person.chance(0.6);
  if (item.choices.includes('approve')) {
    if (isKind) return { do: 'approve', item: item.id };
    const then = item.choices.includes('retry-failed') && person.chance(0.6) ? 'retry-failed' : 'stop';
    if (person.chance(0.3)) return { do: 'answer', item: item.id, choice: person.pick(item.choices), text: 'so be it' };
    return { do: 'reject', item: item.id, then, text: 'not so' };
  }
  const wanted = life.world.isCalm ? item.choices.filter((choice) => choice !== 'abandon') : item.choices;
  return { do: 'answer', item: item.id, choice: person.pick(wanted), text: person.chance(0.5) ? 'so be it' : '' };
}

function anyCommand(life: Life): OperatorCommand {
  const { person } = life.world.chance;
  const { queue, blockers } = life.state.index;
  const [blocker] = blockers.keys();
  const queued = queue.at(-1);
  if (queued !== undefined && person.chance(0.3)) return { do: 'cancel', task: queued };
  if (blocker !== undefined && person.chance(0.2)) return { do: 'skip', task: blocker };
  const what = person.weighted({
    retry: 4,
    skip: 1,
    cancel: 1.5,
    release: 3,
    pause: 1,
    resume: 1,
    drain: 0.7,
    stop: 0.7,
    approve: 0.3,
    reject: 0.3,
    answer: 0.3,
  });
  const task = person.pick(candidates(life))?.id ?? 'T996';
  switch (what) {
    case 'retry':
    case 'skip':
    case 'cancel':
    case 'release':
      return { do: what, task };
    case 'pause':
    case 'resume':
    case 'drain':
    case 'stop':
      return { do: what };
    case 'approve':
      return { do: 'approve', item: 'checkpoint-1' };
    case 'reject': {
      const then = 'stop';
      return { do: 'reject', item: 'checkpoint-1', then, text: '' };
    }
    case 'answer':
      return { do: 'answer', item: 'escalation-1', choice: 'retry', text: '' };
  }
}

function candidates(life: Life): readonly (Task | undefined)[] {
  const tasks = [...life.state.tasks.values()];
  const fresh = tasks.filter((task) => rowOf(life.world.ledger, task.id) !== undefined);
  return fresh.length === 0 ? [undefined] : fresh;
}
