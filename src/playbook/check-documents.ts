import type { Problem } from '../port/problem.ts';
import { checkLedger } from './check-ledger.ts';
import { checkName } from './check-names.ts';
import { positionIn } from './place.ts';
import type { Sections, Stack } from './stack.ts';
import { PROMPT_PLACEHOLDERS, unknownPlaceholders } from './template.ts';

/** Mistakes in what belongs to a format: the ledger's files, the reports, the prompts. */
export function checkDocuments(stack: Stack, sections: Sections): void {
  checkLedger(stack, sections);
  checkAgents(stack, sections);
  checkReports(stack, sections);
  checkPrompts(stack, sections);
}

function checkAgents(stack: Stack, { agents }: Sections): void {
  for (const [name, agent] of Object.entries(agents ?? {})) {
    const path = ['agents', name];
    if (stack.isDropped([...path, 'kind'])) continue;
    const takesCommand = agent.kind === 'command' || agent.kind === 'script' || agent.kind === 'acp';
    if (agent.kind === 'command' && agent.command.length === 0) {
      stack.add(
        [...path, 'command'],
        'missing-key',
        `agents.${name}.command is missing; expected a program and its arguments, such as [node, agent.mjs]`,
      );
    }
    if (agent.command.length > 0 && !takesCommand) {
      stack.add(
        [...path, 'command'],
        'contradiction',
        `"command" is not for agents of the kind ${agent.kind}; expected "bin", or another kind`,
        'key',
      );
    }
    if (agent.bin !== null && (agent.kind === 'command' || agent.kind === 'script')) {
      stack.add(
        [...path, 'bin'],
        'contradiction',
        `"bin" is not for agents of the kind ${agent.kind}; expected "command"`,
        'key',
      );
    }
  }
}

function checkReports(stack: Stack, { reports }: Sections): void {
  for (const [name, report] of Object.entries(reports ?? {})) {
    const path = ['reports', name];
    if (report.from === 'file' && report.path === null)
      stack.add(path, 'missing-key', `reports.${name}.path is missing; expected the file that the agent writes`);
    if (report.from === 'json' && report.path !== null)
      stack.add([...path, 'path'], 'contradiction', '"path" is only for "from: file"', 'key');
    for (const { text } of unknownPlaceholders(report.path ?? '', ['id', 'task'], null))
      stack.add([...path, 'path'], 'unknown-placeholder', text);
    const meanings = new Set<string>();
    for (const [fieldName, field] of Object.entries(report.fields)) {
      const at = [...path, 'fields', fieldName];
      if (field.means !== null && meanings.has(field.means))
        stack.add(
          [...at, 'means'],
          'duplicate-name',
          `another field of this report means "${field.means}"; expected one`,
        );
      if (field.means !== null) meanings.add(field.means);
      if (field.type === 'enum' && field.values.length === 0)
        stack.add(at, 'missing-key', `${stack.spell(at)}.values is missing; expected the words of this field`);
      if (field.type !== 'enum' && field.values.length > 0)
        stack.add([...at, 'values'], 'contradiction', '"values" are only for "type: enum"', 'key');
      if (field.means === 'status' && field.type !== 'enum')
        stack.add([...at, 'type'], 'contradiction', 'the field that means the status has words; expected "type: enum"');
      for (const word of Object.keys(field.map))
        checkName(stack, word, field.values, 'word of this field', [...at, 'map', word], 'key');
      if (field.means !== 'status' && Object.keys(field.map).length > 0)
        stack.add([...at, 'map'], 'contradiction', '"map" is only for the field with "means: status"', 'key');
      if (field.means !== 'status') continue;
      for (const word of field.values) {
        if (!Object.hasOwn(field.map, word))
          stack.add(
            at,
            'missing-key',
            `${stack.spell(at)}.map does not say what "${word}" means; expected success, failed or blocked`,
          );
      }
    }
  }
}

/** A prompt that names what nothing fills is found now, at its place in the template, not by an agent. */
function checkPrompts(stack: Stack, { prompts, vars }: Sections): void {
  if (vars === undefined) return;
  for (const [name, { source, text, isInline }] of Object.entries(prompts ?? {})) {
    for (const unknown of unknownPlaceholders(text, PROMPT_PLACEHOLDERS, Object.keys(vars))) {
      // A text that stands in the YAML file itself has no positions of its own there.
      if (isInline) stack.add(['prompts', name, 'text'], 'unknown-placeholder', `prompts.${name}: ${unknown.text}`);
      else stack.problems.push(inTemplate(source, text, unknown));
    }
  }
}

function inTemplate(file: string, text: string, unknown: { offset: number; text: string }): Problem {
  return {
    severity: 'error',
    code: 'unknown-placeholder',
    file,
    ...positionIn(text, unknown.offset),
    text: unknown.text,
  };
}
