import type { Playbook } from '../../core/playbook.ts';
import { BUILTIN_PLAYBOOKS, loadPlaybook, showPlaybook } from '../../playbook/index.ts';
import { suggestion } from '../../playbook/suggest.ts';
import { openProject } from '../assemble.ts';
import type { Call } from '../call.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { findProject } from '../project.ts';
import { escapeBlock } from '../render/escape.ts';

/** The playbook in effect, every default written out; with a name, a built-in one or a file of the project. */
export async function run(call: Call): Promise<number> {
  const [name] = call.args;
  const playbook =
    name === undefined ? (await openProject(call.where, 'show the playbook')).playbook : await named(call, name);
  if (call.options.json) call.terminal.json({ version: 1, playbook });
  else call.terminal.write(escapeBlock(showPlaybook(playbook)));
  return EXIT.ok;
}

async function named({ where }: Call, name: string): Promise<Playbook> {
  const loaded = await loadPlaybook(name, { projectRoot: findProject(where)?.root ?? where.cwd });
  if (loaded.ok) return loaded.playbook;
  const isFile = /\.ya?ml$/.test(name);
  throw new CliError(
    `show the playbook ${name}`,
    isFile ? 'it has mistakes' : `it is none of the built-in ones${suggestion(name, BUILTIN_PLAYBOOKS)}`,
    isFile ? 'mend them' : 'see `cox playbook list`',
    { problems: isFile ? loaded.problems : [] },
  );
}
