import { execa } from 'execa';
import type { Bench } from './bench.ts';

const TIMEOUT_MS = 30_000;

/** Tells a person that something waits for them (I6): the project's command gets the reason on stdin. */
export function notify(bench: Bench, text: string): void {
  const { playbook, root } = bench.parts;
  bench.parts.listen({ type: 'asked', text });
  if (playbook.notify === null) return;
  const { run } = playbook.notify;
  const told = execa(run, {
    shell: true,
    cwd: root,
    input: `${text}\n`,
    timeout: TIMEOUT_MS,
    reject: false,
    buffer: false,
  })
    .then(({ failed }) => {
      if (failed) bench.parts.listen({ type: 'problem', text: `The notify command \`${run}\` failed.` });
    })
    .finally(() => bench.performing.delete(told));
  bench.performing.add(told);
}
