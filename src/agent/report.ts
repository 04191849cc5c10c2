import { stripVTControlCharacters } from 'node:util';
import type { ReportSpec } from '../core/playbook.ts';
import { fileBytes, readBytes, tailText } from '../process/output.ts';
import { lastBlock } from './find-block.ts';
import { type ReportReading, reportFromValues } from './report-fields.ts';
import { resultLines } from './result-lines.ts';

export type { ReportReading } from './report-fields.ts';

/** A report stands at the end of what an agent says. What comes before this much of its output is not looked at. */
const REPORT_TAIL_BYTES = 1 << 20;
const RESULT_FILE_BYTES = 1 << 16;

export interface ReportPlace {
  readonly spec: ReportSpec;
  /** What the agent printed; read from its end. */
  readonly outputFile: string;
  /** `COX_RESULT_FILE`: when it is there and not empty, it is the report and the output is not looked at (A5). */
  readonly resultFile: string;
  /** For `from: file`: where the playbook's `path` leads to, absolute. */
  readonly reportFile: string | null;
}

/**
 * Reads what an attempt says it did (T5, W3): the engine's words for it, or one sentence why there is none. Whether it is
 * about the right task, and whether it is true, is for others to ask.
 */
export function readReport({ spec, outputFile, resultFile, reportFile }: ReportPlace): ReportReading {
  if (spec.from === 'file') return reportInResultFile(reportFile ?? resultFile, spec);
  if (fileBytes(resultFile) > 0) return reportInText(tailText(resultFile, REPORT_TAIL_BYTES), spec, 'the result file');
  return reportInText(tailText(outputFile, REPORT_TAIL_BYTES), spec, 'its output');
}

/** The last JSON block of a text as a report; `where` names the text in a problem. */
export function reportInText(text: string, spec: ReportSpec, where = 'the text'): ReportReading {
  const names = Object.keys(spec.fields);
  const key = Object.entries(spec.fields).find(([, { means }]) => means === 'task')?.[0] ?? null;
  const block = lastBlock(stripVTControlCharacters(text), { names, key });
  if (block === null) {
    return { ok: false, problem: `There is no report: ${where} has no JSON block with ${names.join(', ')}.` };
  }
  if (!block.ok)
    return { ok: false, problem: `The report is no valid JSON: ${block.text} in the last block of ${where}.` };
  return reportFromValues(block.value, spec);
}

function reportInResultFile(file: string, spec: ReportSpec): ReportReading {
  const bytes = fileBytes(file);
  if (bytes === 0) return { ok: false, problem: 'There is no report: the result file was not written, or is empty.' };
  if (bytes > RESULT_FILE_BYTES) {
    return { ok: false, problem: `The result file has ${bytes} bytes; expected one line for each field and no logs.` };
  }
  const lines = resultLines(readBytes(file, 0, bytes).toString('utf8'), Object.keys(spec.fields));
  return lines.ok
    ? reportFromValues(lines.values, spec)
    : { ok: false, problem: `The result file is not as asked: ${lines.text}.` };
}
