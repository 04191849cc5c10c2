import type { Playbook, Way } from '../../../core/playbook.ts';
import type { Random } from '../random.ts';
import { type LedgerRow, newRow } from './ledger.ts';
import { mendDependencies } from './mend.ts';
import { suffers, type World } from './world.ts';

/** Fills the ledger with a project of the shape the playbook asks for: groups, phases, containers, planners. */
export function makeProject(world: World, size: number): void {
  const { playbook, ledger } = world;
  const { phases, unit } = playbook.admission;
  const random = world.chance.project;
  const count = random.between(Math.max(2, Math.ceil(size / 2)), size);
  if (phases.by !== 'none') ledger.phases = names('phase', random.between(1, 3));
  if (phases.active !== null) ledger.activePhase = random.chance(0.8) ? random.pick(ledger.phases) : null;
  if (unit === 'group') ledger.groups = names('group', random.between(1, 4));
  if (playbook.ways.some((way) => way.container)) makeContainer(world, count);
  else for (let i = 0; i < count; i += 1) addTask(world, { at: i / count });
  if (suffers(world, 'document') && random.chance(0.5)) spoil(ledger.rows, random);
  else mendDependencies(world);
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

export interface NewTask {
  /** How far down the document, 0..1: picks its group and phase. */
  readonly at: number;
  readonly parent?: string | null;
  readonly title?: string;
  readonly kind?: string | null;
  readonly dependsOn?: string[];
}

export function addTask(world: World, wanted: NewTask): LedgerRow {
  const { playbook, ledger } = world;
  const random = world.chance.project;
  world.names += 1;
  const id = `T${world.names}`;
  const { words } = playbook.ledger;
  const isStrange = suffers(world, 'edits') && random.chance(0.12);
  const status = isStrange
    ? random.pick([words.done, words.done, words.failed, words.active, words.cancelled])
    : words.open;
  const others = ledger.rows.filter((row) => row.kind === null);
  const row = newRow(id, status, {
    title: wanted.title ?? `Do ${id}`,
    group: at(ledger.groups, wanted.at),
    phase: at(ledger.phases, wanted.at),
    parent: wanted.parent ?? null,
    kind: wanted.kind ?? null,
    dependsOn: wanted.dependsOn ?? (random.chance(0.5) ? some(random, others, 2) : []),
    priority: random.between(0, 3),
    repo: random.chance(0.15) ? 'web' : null,
    branch: branchFor(playbook, random, id, others),
    estimate: random.chance(0.6) ? random.between(1, 9) * 1000 : null,
  });
  ledger.rows.push(row);
  ledger.version += 1;
  return row;
}

function at(list: readonly string[], place: number): string | null {
  return list[Math.min(list.length - 1, Math.floor(place * list.length))] ?? null;
}

/** Now and then two rows name the same branch: a resource that only one may have at a time. */
function branchFor(playbook: Playbook, random: Random, id: string, others: readonly LedgerRow[]): string | null {
  if (playbook.workspace.branch !== '{branch}') return null;
  const shared = others.length > 0 && random.chance(0.2) ? random.pick(others).branch : null;
  return shared ?? `work/${id}`;
}

function some(random: Random, rows: readonly LedgerRow[], most: number): string[] {
  if (rows.length === 0) return [];
  const picked = Array.from({ length: random.between(1, most) }, () => random.pick(rows.slice(-5)).id);
  return [...new Set(picked)];
}

/** C2: a container with a planner in it, or at once with children. */
function makeContainer(world: World, count: number): void {
  const random = world.chance.project;
  const kind = containerKind(world.playbook);
  const phase = addTask(world, { at: 0, kind, dependsOn: [] });
  const [planner] = plannerWays(world.playbook);
  if (planner !== undefined && random.chance(0.6)) {
    addTask(world, { at: 0, parent: phase.id, title: titleFor(planner, phase.id), dependsOn: [] });
    return;
  }
  const feature = random.chance(0.5) ? addTask(world, { at: 0, kind, parent: phase.id, dependsOn: [] }) : phase;
  for (let i = 0; i < count; i += 1) {
    addTask(world, { at: 0, parent: random.pick([phase, feature, feature]).id, ...leafTitle(world) });
  }
}

/** What a planner makes: containers with a planner of the next kind each, one chain; the last kind makes the work. */
export function plan(world: World, way: Way, parent: string | null): void {
  const random = world.chance.agents;
  const planners = plannerWays(world.playbook);
  const next = planners[planners.indexOf(way) + 1];
  let before: string | null = null;
  for (let i = random.between(1, 3); i > 0; i -= 1) {
    const dependsOn: string[] = before === null ? [] : [before];
    if (next === undefined) {
      before = addTask(world, { at: 0, parent, dependsOn, ...leafTitle(world) }).id;
      continue;
    }
    const feature: LedgerRow = addTask(world, { at: 0, parent, kind: containerKind(world.playbook), dependsOn });
    addTask(world, { at: 0, parent: feature.id, title: titleFor(next, feature.id), dependsOn: [] });
    before = feature.id;
  }
}

/** Ways that make issues and land nothing. */
function plannerWays(playbook: Playbook): readonly Way[] {
  return playbook.ways.filter((way) => {
    const [only, ...rest] = way.stages;
    return (
      way.match?.title !== undefined && rest.length === 0 && only?.do === 'agent' && only.expects.includes('issue')
    );
  });
}

function containerKind(playbook: Playbook): string {
  return playbook.ways.find((way) => way.container)?.match?.kind?.[0] ?? 'container';
}

function titleFor(way: Way, of: string): string {
  return (way.match?.title ?? '*').replaceAll('*', ` ${of} `).trim();
}

function leafTitle(world: World): { readonly title?: string } {
  const titled = world.playbook.ways.filter((way) => way.stages.length > 1 && way.match?.title !== undefined);
  if (titled.length === 0 || !world.chance.project.chance(0.3)) return {};
  return { title: titleFor(world.chance.project.pick(titled), 'it') };
}

/** A document that cannot be worked off as it is. */
function spoil(rows: readonly LedgerRow[], random: Random): void {
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined || first === last) return;
  if (random.chance(0.5)) last.dependsOn = [...last.dependsOn, 'T999'];
  else {
    first.dependsOn = [last.id];
    last.dependsOn = [...new Set([...last.dependsOn, first.id])];
  }
}
