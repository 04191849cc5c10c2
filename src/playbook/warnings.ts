import type { Problem } from '../port/problem.ts';
import type { Layer } from './layer.ts';
import { type Path, Places } from './place.ts';
import type { Full } from './schema.ts';
import { Stack } from './stack.ts';

/** At the uppermost file that writes `path`, or at what is around it; a default's place is nobody's: the top of the project's. */
export function warningAt(layers: readonly Layer[], path: Path, code: string, text: string): Problem {
  const stack = new Stack(layers);
  if (stack.isWritten(path)) stack.add(path, code, text, 'key');
  const [found] = stack.problems;
  const top = layers.at(-1)?.places ?? new Places('coxswain.yaml', '');
  return { ...(found ?? top.problem([], 'value', code, text)), severity: 'warning' };
}

/** What a project wrote that will change nothing, because the playbook never asks for it. */
export function warnings(layers: readonly Layer[], full: Full): Problem[] {
  const stack = new Stack(layers);
  const stages = full.ways.flatMap((way) => way.stages);
  const runsGates =
    stages.some((stage) => stage.do === 'gate' || (stage.do === 'land' && stage.gates.length > 0)) ||
    (full.merge?.gates?.length ?? 0) > 0;
  if (full.gates.length > 0 && !runsGates) {
    stack.add(
      ['gates'],
      'unused',
      'no stage of this playbook runs gates, so these never run; expected a stage with "do: gate", or "merge: {gates: [...]}"',
      'key',
    );
  }
  const used = new Set(
    stages.flatMap((stage) => (stage.do === 'agent' ? [full.stages[stage.name]?.prompt ?? stage.prompt] : [])),
  );
  const replaced = new Set(stages.flatMap((stage) => (stage.do === 'agent' ? [stage.prompt] : [])));
  for (const name of Object.keys(full.prompts)) {
    if (!used.has(name) && !replaced.has(name))
      stack.add(['prompts', name], 'unused', `no stage uses the prompt "${name}"`, 'key');
  }
  return stack.problems.map((problem) => ({ ...problem, severity: 'warning' }));
}
