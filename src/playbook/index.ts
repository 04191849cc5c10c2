export { BUILTIN_PLAYBOOKS, type BuiltinPlaybook } from './builtin.ts';
export { type LoadOptions, type LoadResult, loadPlaybook, loadProjectConfig } from './load.ts';
export type { ReadFile } from './origin.ts';
export { playbookJsonSchema } from './schema.ts';
export { showPlaybook } from './show.ts';
export {
  fillTemplate,
  type PlaceholderValues,
  PROMPT_PLACEHOLDERS,
  type PromptPlaceholder,
  placeholders,
  renderPrompt,
} from './template.ts';
