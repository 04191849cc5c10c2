import { explain } from '../../core/explain.ts';
import type { Call } from '../call.ts';
import { EXIT } from '../cli-error.ts';
import { escapeLine } from '../render/escape.ts';
import { reasonText } from '../render/reason.ts';
import { statusWord } from '../render/status.ts';
import { unknownTask } from '../unknown-task.ts';
import { withLook } from '../with-look.ts';

/** E11: why a task does not run, as reasons that are all needed and together enough. */
export function run(call: Call): Promise<number> {
  const [id = ''] = call.args;
  const act = `explain ${id}`;
  return withLook(call, act, ({ state }) => {
    const { terminal, options } = call;
    const explanation = explain(state, id);
    if (explanation === undefined) throw unknownTask(act, id, [...state.tasks.keys()]);
    const { status, reasons } = explanation;
    if (options.json) {
      terminal.json({ version: 1, id, status, reasons });
      return EXIT.ok;
    }
    const title = state.tasks.get(id)?.fact.title ?? '';
    terminal.line(`${terminal.style('bold', escapeLine(id))} is ${statusWord(terminal, status)}: ${escapeLine(title)}`);
    for (const reason of reasons) terminal.line(`  ${escapeLine(reasonText(reason))}`);
    return EXIT.ok;
  });
}
