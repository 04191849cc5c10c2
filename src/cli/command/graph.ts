import { taskGraph } from '../../ledger/graph.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import { escapeBlock } from '../render/escape.ts';
import { withLook } from '../with-look.ts';

/** L7: the task graph as Mermaid text; its edges as JSON. */
export function run(call: Call): Promise<number> {
  return withLook(call, 'draw the graph', ({ state }) => {
    const { terminal, options } = call;
    const tasks = [...state.tasks.values()].sort((a, b) => a.fact.order - b.fact.order);
    const mermaid = taskGraph(tasks);
    if (options.json) {
      const nodes = tasks.map(({ id, status, fact }) => ({ id, status, title: fact.title, phase: fact.phase }));
      const edges = tasks.flatMap(({ id, fact }) => fact.dependsOn.map((from) => ({ from, to: id })));
      terminal.json({ version: 1, nodes, edges, mermaid });
    } else terminal.write(escapeBlock(mermaid));
    return EXIT.ok;
  });
}
