import type { LedgerWord } from '../../core/playbook.ts';
import { type LedgerRow, rowOf } from './world/ledger.ts';
import { addTask } from './world/project.ts';
import type { World } from './world/world.ts';

/** A person's hand in the document: words, rows, dependencies, places; now and then a mistake that breaks it. */
export function edit(world: World): void {
  const { ledger } = world;
  const { person } = world.chance;
  ledger.version += 1;
  if (ledger.isBroken) {
    ledger.isBroken = false;
    return;
  }
  const what = person.weighted({
    word: 5,
    add: 3,
    remove: 2,
    title: 1,
    depend: 2,
    move: 2,
    priority: 3,
    break: 2,
    group: 2,
    phases: 1,
    return: 1,
  });
  const row = person.pick(ledger.rows.length === 0 ? [undefined] : ledger.rows);
  if (what === 'add' || row === undefined) {
    addTask(world, { at: person.next(), parent: person.pick([null, row?.parent ?? null]) });
    return;
  }
  switch (what) {
    case 'word':
      setWord(world, row, person.pick(['open', 'open', 'active', 'done', 'failed', 'cancelled']));
      return;
    case 'remove':
      removeRow(world, row);
      return;
    case 'return':
      putBack(world);
      return;
    case 'title':
      row.title = `${row.title} again`;
      return;
    case 'depend':
      depend(world, row);
      return;
    case 'move':
      ledger.rows.splice(
        person.between(0, ledger.rows.length - 1),
        0,
        ...ledger.rows.splice(ledger.rows.indexOf(row), 1),
      );
      return;
    case 'priority':
      row.priority = person.between(0, 3);
      return;
    case 'break':
      ledger.isBroken = true;
      return;
    case 'group':
      if (ledger.groups.length > 0) row.group = person.pick(ledger.groups);
      if (ledger.phases.length > 0) row.phase = person.pick(ledger.phases);
      return;
    case 'phases':
      rearrange(world);
      return;
  }
}

function setWord(world: World, row: LedgerRow, word: LedgerWord): void {
  if (row.kind !== null) return;
  row.status = world.playbook.ledger.words[word];
  row.isPersons = true;
  world.ledger.touched.add(row.id);
}

const REMOVED = new WeakMap<World, LedgerRow>();

function removeRow(world: World, row: LedgerRow): void {
  const { rows } = world.ledger;
  if (row.kind !== null || rows.length < 3) return;
  rows.splice(rows.indexOf(row), 1);
  world.ledger.touched.add(row.id);
  REMOVED.set(world, row);
  // Most persons think of those who name it.
  if (world.chance.person.chance(0.8)) {
    for (const other of rows) other.dependsOn = other.dependsOn.filter((id) => id !== row.id);
  }
}

/** `git revert`: a row that was removed is there again, as it was. */
function putBack(world: World): void {
  const row = REMOVED.get(world);
  if (row === undefined || rowOf(world.ledger, row.id) !== undefined) return;
  row.dependsOn = row.dependsOn.filter((id) => rowOf(world.ledger, id) !== undefined);
  if (row.parent !== null && rowOf(world.ledger, row.parent) === undefined) row.parent = null;
  world.ledger.rows.push({ ...row, status: world.playbook.ledger.words.open });
}

/** Only upwards in the document of ids, so that no circle comes to be. */
function depend(world: World, row: LedgerRow): void {
  const { person } = world.chance;
  const number = (id: string): number => Number(id.slice(1));
  const before = world.ledger.rows.filter((other) => number(other.id) < number(row.id) && other.kind === null);
  row.dependsOn = before.length > 0 && person.chance(0.7) ? [person.pick(before).id] : [];
}

function rearrange(world: World): void {
  const { ledger, playbook } = world;
  const { person } = world.chance;
  if (ledger.phases.length > 1 && playbook.admission.phases.active !== null)
    ledger.activePhase = person.pick(ledger.phases);
  if (ledger.groups.length > 1 && person.chance(0.5)) ledger.groups = [...ledger.groups].reverse();
  if (ledger.phases.length > 1 && person.chance(0.3)) ledger.phases = [...ledger.phases].reverse();
}
