import type { TaskFact } from './fact.ts';
import { globMatches } from './glob.ts';
import type { Match, Playbook } from './playbook.ts';
import type { Task } from './task.ts';

/** Index of the first way whose `match` fits (C3). The loader sees to it that the last one takes everything. */
export function matchWay(playbook: Playbook, fact: TaskFact): number {
  const found = playbook.ways.findIndex((way) => way.match === null || matches(way.match, fact));
  return found < 0 ? playbook.ways.length - 1 : found;
}

function matches(match: Match, fact: TaskFact): boolean {
  const isKind = match.kind === undefined || (fact.kind !== null && match.kind.includes(fact.kind));
  const isLabel = match.label === undefined || match.label.some((label) => fact.labels.includes(label));
  const isTitle = match.title === undefined || globMatches(match.title, fact.title);
  return isKind && isLabel && isTitle && (match.id === undefined || globMatches(match.id, fact.id));
}

/** Branch of a task: the row's, else the workspace template's. */
export function branchOf(playbook: Playbook, fact: TaskFact): string {
  return fact.branch ?? fillFact(playbook.workspace.branch, fact, fact.id);
}

/** Exclusive resources of a task, as names (E5). */
export function resourcesOf(playbook: Playbook, task: Task): readonly string[] {
  const branch = branchOf(playbook, task.fact);
  return playbook.admission.exclusive.map((template) => fillFact(template, task.fact, branch));
}

/** `{id}`, `{repo}`, `{branch}`, `{group}`, `{phase}`, `{parent}`; inserted literally, never expanded again. */
export function fillFact(template: string, fact: TaskFact, branch: string): string {
  const values: Record<string, string | null> = {
    id: fact.id,
    task: fact.id,
    repo: fact.repo,
    branch,
    group: fact.group,
    phase: fact.phase,
    parent: fact.parent,
  };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : (fact.fields[name] ?? whole),
  );
}
