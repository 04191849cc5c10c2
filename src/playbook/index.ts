export { BUILTIN_PLAYBOOKS, type BuiltinPlaybook } from './builtin.ts';
export { type LoadOptions, type LoadResult, loadPlaybook, loadProjectConfig } from './load.ts';
export { playbookJsonSchema } from './schema.ts';
export { showPlaybook } from './show.ts';
export {
  fillTemplate,
  placeholders,
  renderPrompt,
} from './template.ts';
