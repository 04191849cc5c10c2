import type { TaskFact } from '../core/fact.ts';

/** How a task is drawn; `status` is the engine's where it is known, else the ledger's word. */
export interface GraphTask {
  readonly fact: Pick<TaskFact, 'id' | 'title' | 'dependsOn' | 'phase'>;
  readonly status: string;
}

const STYLES: Readonly<Record<string, string>> = {
  done: 'fill:#d3f2d9,stroke:#2e7d46,color:#10301b',
  active: 'fill:#d7e8ff,stroke:#1f5fbf,color:#0e2950',
  failed: 'fill:#ffd9d6,stroke:#b3261e,color:#410e0b',
  held: 'fill:#fff0c7,stroke:#9a6b00,color:#3b2900',
  cancelled: 'fill:#ececec,stroke:#8a8a8a,color:#4a4a4a,stroke-dasharray:4 3',
};

const CLASS: Readonly<Record<string, keyof typeof STYLES>> = {
  done: 'done',
  active: 'active',
  running: 'active',
  gating: 'active',
  queued: 'active',
  failed: 'failed',
  blocked: 'held',
  escalated: 'held',
  cancelled: 'cancelled',
};

const TITLE_LENGTH = 60;

/**
 * The task graph as Mermaid text, for `cox graph` (L7): an arrow from each task to those that wait for it, a box per
 * phase, a colour per status. Names are made by us, and texts are escaped, so that a document cannot write Mermaid.
 */
export function taskGraph(tasks: readonly GraphTask[]): string {
  const nodes = new Map(tasks.map(({ fact }, index) => [fact.id, `t${index}`]));
  const lines = ['flowchart LR'];
  const phases = Map.groupBy(tasks, ({ fact }) => fact.phase);
  let number = 0;
  for (const [phase, members] of phases) {
    const drawn = members.map((task) => node(task, nodes));
    if (phase === null) lines.push(...drawn.map((line) => `  ${line}`));
    else lines.push(`  subgraph p${number}["${escaped(phase)}"]`, ...drawn.map((line) => `    ${line}`), '  end');
    number += 1;
  }
  for (const { fact } of tasks) {
    for (const needed of fact.dependsOn) {
      const from = nodes.get(needed);
      if (from !== undefined) lines.push(`  ${from} --> ${nodes.get(fact.id)}`);
    }
  }
  const used = new Set(tasks.flatMap(({ status }) => CLASS[status] ?? []));
  for (const [name, style] of Object.entries(STYLES)) if (used.has(name)) lines.push(`  classDef ${name} ${style}`);
  return `${lines.join('\n')}\n`;
}

function node({ fact, status }: GraphTask, nodes: ReadonlyMap<string, string>): string {
  const characters = [...fact.title];
  const title = characters.length > TITLE_LENGTH ? `${characters.slice(0, TITLE_LENGTH - 1).join('')}…` : fact.title;
  const label = title === '' ? escaped(fact.id) : `${escaped(fact.id)}<br>${escaped(title)}`;
  const style = CLASS[status];
  return `${nodes.get(fact.id)}["${label}"]${style === undefined ? '' : `:::${style}`}`;
}

/** Every character with a meaning in Mermaid, Markdown or HTML becomes its entity. */
function escaped(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/[^\p{L}\p{M}\p{N} .,:/+=…-]/gu, (character) => `#${character.codePointAt(0)};`);
}
