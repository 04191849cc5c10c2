/** A fault that is planted into a copy of the core: the text `find`, which `file` has exactly once, becomes `replace`. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Takes many lives to come up: left to the nightly run. */
  readonly isRare?: true;
}

/** What could be got wrong without a compiler noticing. Every one of them must be caught by a checker. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'one more than the limit is started',
    file: 'dispatch.ts',
    find: 'while (freeSlots(state) > 0)',
    replace: 'while (freeSlots(state) >= 0)',
  },
  {
    name: 'a task starts before its dependencies are done',
    file: 'status.ts',
    find: 'return task.openDeps === 0 && !wayOf',
    replace: 'return task.openDeps <= 1 && !wayOf',
  },
  {
    name: 'a closed phase or group is no obstacle',
    file: 'status.ts',
    find: "group.kind !== 'wave' && group.status === 'pending') closed.push(key)",
    replace: "group.kind !== 'wave' && group.status === 'pending' && group.index > 99) closed.push(key)",
  },
  {
    name: 'two tasks share an exclusive resource',
    file: 'obstacle.ts',
    find: 'if (holder !== task.id) add(',
    replace: "if (holder !== task.id && holder === '') add(",
  },
  {
    name: 'a resource is kept for ever',
    file: 'settle.ts',
    find: 'state.index.held.delete(name);',
    replace: 'void name;',
  },
  {
    name: 'what waits for a resource is not looked at again',
    file: 'settle.ts',
    find: 'release(state, `resource:${name}`);',
    replace: 'void release;',
  },
  {
    name: 'what is parked is not looked at again',
    file: 'expire.ts',
    find: 'release(state, `park:${agent}`);',
    replace: 'void release;',
  },
  {
    name: 'what waits for its cleanup is not looked at again',
    file: 'result.ts',
    find: 'release(state, `cleanup:${task.id}`);',
    replace: 'void release;',
  },
  {
    name: 'a cap is not kept',
    file: 'obstacle.ts',
    find: 'return count >= cap;',
    replace: 'return count > cap;',
  },
  {
    name: 'a stale result is taken for the one that is awaited',
    file: 'step.ts',
    find: `    note(state, null, 'stale', \`a result for`,
    replace: `    for (const task of state.tasks.values()) if (key.startsWith(\`\${task.id}/\`)) task.stage += 1;
    note(state, null, 'stale', \`a result for`,
  },
  {
    name: 'the fence does not rise',
    file: 'flow.ts',
    find: `  task.fence += 1;
  task.attempts += 1;`,
    replace: '  task.attempts += 1;',
  },
  {
    name: 'effect keys are used twice',
    file: 'emit.ts',
    find: 'task.ops += 1;',
    replace: 'task.ops = (task.ops % 3) + 1;',
  },
  {
    name: 'a removed task comes back with its old keys',
    file: 'override.ts',
    find: 'if (task.ops > 0) touchRun(state).retired',
    replace: 'if (task.ops > 99) touchRun(state).retired',
  },
  {
    name: 'an answered checkpoint is not stored',
    file: 'operator.ts',
    find: `  if (group === undefined) return;
  group.item = null;
  state.touched.groups.add(groupKey(group.kind, group.name));`,
    replace: `  if (group === undefined) return;
  group.item = null;`,
  },
  {
    name: 'a changed task is not stored',
    file: 'status.ts',
    find: '    touch(state, next.task);\n',
    replace: "    if (next.task.status !== 'ready') touch(state, next.task);\n",
  },
  {
    name: 'an ended effect stays stored',
    file: 'emit.ts',
    find: 'if (!state.touched.newEffects.delete(key)) state.touched.endedEffects.add(key);',
    replace: 'state.touched.newEffects.delete(key);',
  },
  {
    name: 'the clock of an event that changed nothing is remembered',
    file: 'step.ts',
    find: '    run.now = now;\n',
    replace: '',
  },
  {
    name: 'the agent is spawned before the ledger says so',
    file: 'flow.ts',
    find: 'if (change === null) prepare(state, task, stage);',
    replace: 'if (change === null || task.attempts === 1) prepare(state, task, stage);',
  },
  {
    name: 'the entry is not moved to its new place',
    file: 'flow.ts',
    find: `task.recorded?.word === 'active' && task.recorded.place === place && task.note`,
    replace: `task.recorded?.word === 'active' && task.note`,
  },
  {
    name: 'a changed branch is not asked for',
    file: 'verdict.ts',
    find: `if (stage.expects.includes('commit') && end.work?.isChanged !== true) {`,
    replace: `if (stage.expects.includes('commit') && end.work === undefined) {`,
    isRare: true,
  },
  {
    name: 'a false commit is believed',
    file: 'verdict.ts',
    find: 'if (end.work?.claimProblem) return',
    replace: 'if (end.work?.claimProblem && stage.visits > 99) return',
    isRare: true,
  },
  {
    name: 'a report about another task is believed',
    file: 'verdict.ts',
    find: 'report.task !== null && report.task !== task.id)',
    replace: 'report.task !== null && report.task === "")',
  },
  {
    name: 'a missing report is overlooked',
    file: 'verdict.ts',
    find: 'if (end.reportProblem !== null) return',
    replace: 'if (end.reportProblem === "") return',
  },
  {
    name: 'a violation is overlooked',
    file: 'verdict.ts',
    find: 'if (ownership !== undefined) {',
    replace: "if (ownership !== undefined && ownership.what === 'ref') {",
  },
  {
    name: 'a tester who is not ready passes',
    file: 'verdict.ts',
    find: 'report?.flags[stage.accept] !== true',
    replace: 'report?.flags[stage.accept] === undefined',
    isRare: true,
  },
  {
    name: 'an exit status is overlooked',
    file: 'verdict.ts',
    find: 'if (end.exitCode !== 0) return',
    replace: 'if (end.exitCode === 2) return',
  },
  {
    name: 'red gates pass',
    file: 'result.ts',
    find: 'result.gates.find((gate) => !gate.passed)',
    replace: 'result.gates.slice(1).find((gate) => !gate.passed)',
  },
  {
    name: 'the gates of a candidate run on the branch alone',
    file: 'merge-queue.ts',
    find: "fly(state, task, { kind: 'gate', stage: stage.name, commit: candidate, gates: stage.gates });",
    replace:
      "fly(state, task, { kind: 'gate', stage: stage.name, commit: task.commit ?? candidate, gates: stage.gates });",
  },
  {
    name: 'the base moves to a candidate that no gate saw',
    file: 'merge-queue.ts',
    find: 'if (stage.gates.length === 0) advanceBase',
    replace: 'if (stage.gates.length < 2) advanceBase',
  },
  {
    name: 'a stale candidate is taken for landed',
    file: 'result.ts',
    find: "result.failure !== null || result.outcome === 'moved'",
    replace: 'result.failure !== null || result.outcome !== undefined',
  },
  {
    name: 'two candidates are built at once',
    file: 'merge-queue.ts',
    find: 'const head = state.index.queue[0];',
    replace: 'const head = state.index.queue.at(-1);',
  },
  {
    name: 'a cancelled task stays in the merge queue',
    file: 'settle.ts',
    find: `  task.settling = settling;
  if (task.queuedAt !== null) leaveQueue(state, task);`,
    replace: '  task.settling = settling;',
  },
  {
    name: 'done is written before the work landed',
    file: 'land.ts',
    find: "case 'push':\n",
    replace:
      "case 'push':\n      if (commit !== '') fly(state, task, { kind: 'record', change: { word: 'done', seen: null, place: null, mark: null } });\n",
  },
  {
    name: 'landing is left out',
    file: 'flow.ts',
    find: "else if (stage.how === 'none') advance",
    replace: "else if (stage.how === 'none' || stage.how === 'collect') advance",
  },
  {
    name: 'a dependency is not merged in',
    file: 'flow.ts',
    find: 'if (dependency.commit !== null) commits.push',
    replace: 'if (dependency.commit !== null && commits.length === 0 && dependency.fence > 1) commits.push',
  },
  {
    name: 'one attempt too many',
    file: 'retry.ts',
    find: 'if (spent >= retry.attempts) return end;',
    replace: 'if (spent > retry.attempts) return end;',
  },
  {
    name: 'a limit spends an attempt',
    file: 'retry.ts',
    find: 'if (isFree(failure.class) && takeFree',
    replace: "if (isFree(failure.class) && failure.class !== 'limit' && takeFree",
  },
  {
    name: 'a lost process may be lost for ever',
    file: 'retry.ts',
    find: 'if (task.free[counter] >= state.playbook.retry.bounds[counter]) return false;',
    replace: "if (counter !== 'lost' && task.free[counter] >= state.playbook.retry.bounds[counter]) return false;",
  },
  {
    name: 'a stage may be entered for ever',
    file: 'flow.ts',
    find: 'if (visits > stage.visits) {',
    replace: 'if (visits > stage.visits + 9) {',
  },
  {
    name: 'the park is forgotten',
    file: 'retry.ts',
    find: 'parks[agent] = Math.max(parks[agent] ?? 0, until);',
    replace: 'parks[`${agent}?`] = until;',
  },
  {
    name: 'the phase after the next is open, too',
    file: 'barrier.ts',
    find: "isShut = group.status !== 'passed';",
    replace: "isShut = group.status === 'pending';",
  },
  {
    name: 'a group with a failed task never passes',
    file: 'status.ts',
    find: 'const unsettled = Number(before.isDone || before.isHeld) - Number(after.isDone || after.isHeld);',
    replace: 'const unsettled = Number(before.isDone) - Number(after.isDone);',
  },
  {
    name: 'the steps after a group are left out',
    file: 'barrier.ts',
    find: "const steps = group.kind === 'phase' ? afterPhase : afterGroup;",
    replace: "const steps = group.kind === 'phase' ? afterPhase : afterGroup.slice(1);",
  },
  {
    name: 'a wave is larger than its size',
    file: 'dispatch.ts',
    find: 'while (members.length < state.playbook.admission.waveSize)',
    replace: 'while (members.length <= state.playbook.admission.waveSize)',
  },
  {
    name: 'the next wave does not wait for the last',
    file: 'dispatch.ts',
    find: "for (const group of state.groups.values()) if (group.kind === 'wave') return;",
    replace: "for (const group of state.groups.values()) if (group.kind === 'wave' && group.status === 'open') return;",
  },
  {
    name: 'a container closes with its first child',
    file: 'links.ts',
    find: 'if (wayOf(state, task).container) for (const id of state.index.children.get(task.id) ?? []) found.add(id);',
    replace:
      'if (wayOf(state, task).container) for (const id of [...(state.index.children.get(task.id) ?? [])].slice(0, 1)) found.add(id);',
  },
  {
    name: 'a container that is closable is forgotten',
    file: 'status.ts',
    find: "if (task.openDeps === 0 && task.status === 'waiting' && wayOf",
    replace: "if (task.openDeps === 0 && before.status === 'done' && wayOf",
  },
  {
    name: 'dispatch goes on while the run is paused',
    file: 'dispatch.ts',
    find: "if (run.status !== 'running') return run.status === 'paused' ? 'paused' : 'not-running';",
    replace: "if (run.status !== 'running' && run.status !== 'paused') return 'not-running';",
  },
  {
    name: 'a skipped task is told to the ledger as done',
    file: 'operator.ts',
    find: "settleSilently(state, task, 'done');",
    replace: "settle(state, task, { status: 'done', workspace: 'remove' });",
  },
  {
    name: 'a skipped blocker does not free what it blocks',
    file: 'status.ts',
    find: 'if (after.isDone && !before.isDone) for',
    replace:
      'if (after.isDone && !before.isDone && !task.isSkipped && before.status !== task.status && task.fence > 0) for',
    isRare: true,
  },
  {
    name: 'the answer to a halt does not lift it',
    file: 'operator.ts',
    find: 'if (state.run.halt?.item === id) liftHalt(state);',
    replace: 'if (state.run.halt?.item === `${id}?`) liftHalt(state);',
  },
  {
    name: 'the run ends while a task could start',
    file: 'closing.ts',
    find: 'if (state.effects.size > state.index.stuck.size) return false;',
    replace: 'if (state.effects.size > state.index.stuck.size + 1) return false;',
  },
  {
    name: 'the run is done while a question is open',
    file: 'closing.ts',
    find: "if (isDone && openItems(state).length === 0) return 'done';",
    replace: "if (isDone) return 'done';",
  },
  {
    name: 'the run never ends after a failed last step',
    file: 'step.ts',
    find: "if (effect.kind === 'step' && effect.scope === 'afterRun' && state.run.closing !== null)",
    replace: "if (effect.kind === 'step' && effect.scope === 'afterPhase' && state.run.closing !== null)",
  },
  {
    name: 'an attempt that hangs is never ended',
    file: 'expire.ts',
    find: 'task.deadline > run.now',
    replace: 'task.deadline > 0',
  },
  {
    name: 'the budget is not kept',
    file: 'dispatch.ts',
    find: 'if (!withinBudget(state)) {',
    replace: 'if (!withinBudget(state) && state.run.tokens > 1e9) {',
  },
  {
    name: 'agents are spawned without a preflight',
    file: 'dispatch.ts',
    find: 'if (!preflightPassed(state)) return;',
    replace: 'if (!preflightPassed(state) && state.run.preflight.checkedAt === null) return;',
  },
  {
    name: 'a cause of a deadlock is not named',
    file: 'deadlock.ts',
    find: 'return held.filter((task) => awaited.has(task.id) || tasks.includes(task)).map((task) => task.id);',
    replace:
      'return held.filter((task) => awaited.has(task.id) || tasks.includes(task)).map((task) => task.id).slice(1);',
  },
  {
    name: 'a reason is not told',
    file: 'explain.ts',
    find: 'if (usedSlots(state) >= limitOf(state)) {',
    replace: 'if (usedSlots(state) > limitOf(state)) {',
  },
  {
    name: "our own word is taken for a person's",
    file: 'observe.ts',
    find: 'if (task.recorded !== null && state.playbook.ledger.words[task.recorded.word] === ledgerStatus) return true;',
    replace: "if (task.recorded?.word === 'done') return true;",
  },
  {
    name: 'the word of a person is not heard',
    file: 'observe.ts',
    find: '    task.override = fact.word;\n',
    replace: "    task.override = fact.word === 'failed' ? null : fact.word;\n",
  },
  {
    name: 'a person is asked again and again',
    file: 'barrier.ts',
    find: 'if (group.item !== null) closeItem(state, group.item, why);',
    replace: "if (group.item === '') closeItem(state, group.item, why);",
  },
  {
    name: 'a blocked task is freed by the first of its blockers',
    file: 'blocker.ts',
    find: 'task.hold.by.every(',
    replace: 'task.hold.by.some(',
  },
  {
    name: 'who was stopped is told off for it',
    file: 'result.ts',
    find: "if (result.kind === 'attempt') return result.end.ending !== 'exited';",
    replace: "if (result.kind === 'attempt') return result.end.ending === 'lost';",
  },
  {
    name: 'a container is dispatched',
    file: 'status.ts',
    find: 'return task.openDeps === 0 && !wayOf(state, task).container &&',
    replace: 'return task.openDeps === 0 &&',
  },
  {
    name: 'the selection of a run is not kept',
    file: 'obstacle.ts',
    find: 'if (run.only !== null && !run.only.includes(task.id))',
    replace: 'if (run.only !== null && run.only.length === 0)',
  },
  {
    name: 'a row that is gone keeps its place in the counters',
    file: 'override.ts',
    find: 'index.counts[task.status] -= 1;',
    replace: 'index.counts[task.status] -= 0;',
  },
  {
    name: 'a new dependency is not counted',
    file: 'observe.ts',
    find: '    if (task !== undefined) recount(state, task);',
    replace: '    if (task !== undefined && task.openDeps === 0) recount(state, task);',
  },
  {
    name: 'a ready task keeps its old place in the order',
    file: 'observe.ts',
    find: "if (known.status === 'ready') enqueue(state, known);",
    replace: "if (known.status === 'ready' && before.title !== fact.title) enqueue(state, known);",
    isRare: true,
  },
  {
    name: 'what a crash left stuck is forgotten',
    file: 'load.ts',
    find: 'for (const name of task.holds) index.held.set(name, task.id);',
    replace: 'if (task.flight !== null) for (const name of task.holds) index.held.set(name, task.id);',
  },
  {
    name: 'the merge queue is loaded in another order',
    file: 'load.ts',
    find: 'queued.sort((a, b) => (a.queuedAt ?? 0) - (b.queuedAt ?? 0));',
    replace: 'queued.sort((a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0));',
    isRare: true,
  },
];
