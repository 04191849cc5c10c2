import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport, reportInText } from '../../src/agent/report.ts';
import type { ReportField, ReportSpec } from '../../src/core/playbook.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cox-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text: ReportField = { type: 'string', values: [], required: true, maxLength: 200, means: null, map: {} };

/** The block of seeds/3-task-table.md (T5). */
const table: ReportSpec = {
  from: 'json',
  path: null,
  fields: {
    task_id: { ...text, means: 'task' },
    status: {
      ...text,
      type: 'enum',
      values: ['success', 'failed', 'blocked'],
      means: 'status',
      map: { success: 'success', failed: 'failed', blocked: 'blocked' },
    },
    used: { ...text, required: false, means: 'used' },
    commit_sha: { ...text, means: 'commit' },
    notes: { ...text, required: false, means: 'notes' },
    blocked_by: { ...text, type: 'list', required: false, means: 'blocked-by' },
    ready: { ...text, type: 'boolean', required: false },
  },
};

/** The result file of seeds/1-waves.md (W3). */
const waves: ReportSpec = {
  from: 'file',
  path: 'build-results/{task}.md',
  fields: {
    package: { ...text, means: 'task' },
    version: text,
    status: {
      ...text,
      type: 'enum',
      values: ['SUCCESS', 'FAILED', 'BLOCKED'],
      means: 'status',
      map: { SUCCESS: 'success', FAILED: 'failed', BLOCKED: 'blocked' },
    },
    rpms: { ...text, required: false },
    staged: { ...text, type: 'boolean' },
    summary: { ...text, means: 'notes' },
  },
};

const good = { task_id: 'T1', status: 'success', used: '5.2K', commit_sha: 'ABC1234', notes: 'all done' };
const parsed = {
  status: 'success',
  task: 'T1',
  commit: 'abc1234',
  usedTokens: 5200,
  notes: 'all done',
  blockedBy: [],
  flags: {},
};

function problem(given: string, spec = table): string {
  const reading = reportInText(given, spec);
  return reading.ok ? `accepted: ${JSON.stringify(reading.report)}` : reading.problem;
}

describe('the last JSON block (T5)', () => {
  const json = JSON.stringify(good);
  const pretty = JSON.stringify(good, null, 2);
  it.each([
    ['alone on a line', json],
    ['fenced', `Done.\n\`\`\`json\n${pretty}\n\`\`\`\n`],
    ['fenced without a language', `\`\`\`\n${pretty}\n\`\`\``],
    ['with CRLF', `Done.\r\n${pretty.replaceAll('\n', '\r\n')}\r\n`],
    ['inside a sentence', `The result is ${json}, and that is all {really}.`],
    ['coloured', `\u001b[32m${json}\u001b[0m`],
    ['after an example of the prompt', `${json.replace('"success"', '"success|failed"')}\n${json}`],
    ['after another report', `${json.replace('T1', 'T2')}\n${json}`],
    ['before other objects', `${json}\n{"type":"usage","tokens":3}\n{}\n{"level":"info"}`],
    ['after a truncated line', `{"level":"info","msg":"x\n{"a": 1\n${json}`],
    ['after braces of code', `if (x) { "use strict"; } }}}} {{{{ {"\n${json}`],
    ['after an unfinished quote and brace', `say {"hello" to ${json}`],
    ['with braces and quotes in its notes', json.replace('all done', 'all {\\"done\\"} }{ ')],
  ])('is found %s', (_, given) => {
    const reading = reportInText(given, table);
    expect(reading).toMatchObject({ ok: true, report: { task: 'T1', commit: 'abc1234' } });
  });

  it.each([
    ['nothing', '', /There is no report/],
    ['prose', 'All done, see { the } log.', /There is no report/],
    ['cut off', '```json\n{"task_id": "T1", "status": "suc', /no valid JSON: it is cut off/],
    ['cut off after a good one', `${json}\n{"task_id": "T1", "status"`, /no valid JSON: it is cut off/],
    ['a comma too many', '{"task_id": "T1", "status": "success",}', /no valid JSON: unexpected "}"/],
    ['single quotes', "{'task_id': 'T1'}", /There is no report/],
    ['a comment', '{"task_id": "T1", // mine\n"status": "success"}', /no valid JSON: unexpected "\/\/ mine/],
    ['an array', '["T1", "success"]', /There is no report/],
    ['a field missing', '{"status": "success", "commit_sha": "abc1234"}', /`task_id` is missing/],
    ['an unknown status', json.replace('success', 'done'), /`status` is done; expected success, failed, blocked/],
    ['a success without a commit', json.replace('ABC1234', ''), /`commit_sha` is missing/],
    ['an option for a commit', json.replace('ABC1234', '--upload-pack=x'), /expected a commit id/],
    ['a number for a list', json.replace('"used":"5.2K"', '"blocked_by":7'), /`blocked_by` is 7; expected a list/],
    ['notes too long', json.replace('all done', 'x'.repeat(201)), /`notes` has 201 characters; expected at most 200/],
    ['two problems', '{"task_id": "T1", "status": "ok"}', /`status` is ok.*; `commit_sha` is missing/],
  ])('is refused: %s', (_, given, expected) => {
    expect(problem(given)).toMatch(expected);
  });

  it('says it in words of the engine', () => {
    expect(reportInText(json, table)).toEqual({ ok: true, report: parsed });
  });

  it('asks no commit of a failure or a blocker', () => {
    const blocked = { task_id: 'T1', status: 'blocked', commit_sha: 'none', blocked_by: ['T2', 3], notes: 'no key' };
    expect(reportInText(JSON.stringify(blocked), table)).toMatchObject({
      ok: true,
      report: { status: 'blocked', commit: null, blockedBy: ['T2', '3'], notes: 'no key' },
    });
    expect(reportInText('{"task_id": "T1", "status": "failed"}', table)).toMatchObject({
      ok: true,
      report: { status: 'failed', commit: null },
    });
  });

  it('tells boolean fields as flags', () => {
    const reading = reportInText(JSON.stringify({ ...good, ready: true }), table);
    expect(reading).toMatchObject({ report: { flags: { ready: true } } });
  });

  it.each([
    ['5.2K', 5200],
    [5200, 5200],
    ['12k tokens', 12_000],
    ['~1.5M', 1_500_000],
    ['5,200', 5200],
    ['a lot', null],
  ])('reads %j as tokens', (used, tokens) => {
    expect(reportInText(JSON.stringify({ ...good, used }), table)).toMatchObject({ report: { usedTokens: tokens } });
  });
});

describe('properties of the last JSON block', () => {
  // Prose, code and other objects, but no second report.
  const noise = fc
    .array(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', ' ', '\n', 'a', '`') }),
        fc.dictionary(fc.constantFrom('a', 'b'), fc.json()).map((value) => JSON.stringify(value)),
      ),
    )
    .map((parts) => parts.join('\n'));

  it('is found after any noise that ends with its line, and before any that is no report', () => {
    fc.assert(
      fc.property(noise, noise, fc.string({ maxLength: 100 }), fc.boolean(), (before, after, notes, isPretty) => {
        const json = JSON.stringify({ ...good, notes, deep: { a: [{ b: '}' }] } }, null, isPretty ? 2 : 0);
        const reading = reportInText(`${before}\n${json}\n${after}`, table);
        // Noise may open an object that swallows what follows; then there is a problem, never another report.
        if (reading.ok) expect(reading.report).toMatchObject({ task: 'T1', commit: 'abc1234' });
        else expect(before).toMatch(/\{\s*"/);
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    const file = path.join(folder, 'bytes');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        writeFileSync(file, Buffer.concat([bytes, Buffer.from(JSON.stringify(good)), bytes]));
        readReport({ spec: table, outputFile: file, resultFile: '/nowhere', reportFile: null });
      }),
    );
  });

  it.each(['{"a', '{"a":', '{"a":{', '{"task_id":[', '{', '{ ', '{"a" ', '\\"', '{"a":"b",'])(
    'takes time that grows with the text only: %s',
    (piece) => {
      const took = (length: number): number => {
        const given = piece.repeat(length / piece.length);
        const begun = performance.now();
        reportInText(given, table);
        return performance.now() - begun;
      };
      took(1_000);
      expect(took(1_000_000)).toBeLessThan(1_000);
    },
  );
});

describe('where a report is read', () => {
  const at = (name: string, content: string | Buffer): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  it('is the end of a huge output with huge lines and invalid UTF-8', () => {
    const line = Buffer.alloc(50_000_000, '{"x":');
    const output = at('huge', Buffer.concat([line, Buffer.from([0xff, 0xfe, 10]), Buffer.from(JSON.stringify(good))]));
    const place = { spec: table, outputFile: output, resultFile: '/nowhere', reportFile: null };
    expect(readReport(place)).toEqual({ ok: true, report: parsed });
  });

  it('is the result file when it is there, right or wrong (A5)', () => {
    const outputFile = at('output', JSON.stringify({ ...good, task_id: 'T9' }));
    const resultFile = at('result.json', JSON.stringify(good));
    expect(readReport({ spec: table, outputFile, resultFile, reportFile: null })).toMatchObject({
      report: { task: 'T1' },
    });
    writeFileSync(resultFile, '{"task_id": ');
    expect(readReport({ spec: table, outputFile, resultFile, reportFile: null })).toMatchObject({
      problem: 'The report is no valid JSON: it is cut off in the last block of the result file.',
    });
    writeFileSync(resultFile, '');
    expect(readReport({ spec: table, outputFile, resultFile, reportFile: null })).toMatchObject({
      report: { task: 'T9' },
    });
  });

  it('is nowhere when there is no file', () => {
    const place = { spec: table, outputFile: '/nowhere', resultFile: '/nowhere', reportFile: '/nowhere' };
    expect(readReport(place)).toMatchObject({ ok: false });
    expect(readReport({ ...place, spec: waves })).toMatchObject({ ok: false });
  });

  const lines = ['package: foo', 'version: 1.2', 'status: BLOCKED', 'rpms:', 'staged: no', 'summary: a: b'];
  const result = (content: string) =>
    readReport({ spec: waves, outputFile: '', resultFile: '', reportFile: at('foo.md', content) });

  it('is a result file of key: value lines (W3)', () => {
    expect(result(`\uFEFF${lines.join('\r\n')}\r\n`)).toEqual({
      ok: true,
      report: {
        status: 'blocked',
        task: 'foo',
        commit: null,
        usedTokens: null,
        notes: 'a: b',
        blockedBy: [],
        flags: { staged: false },
      },
    });
  });

  it.each([
    ['a log', [...lines, 'gcc -O2 foo.c'], /line 7 is not `key: value`/],
    ['text over several lines', [...lines, '  and more'], /line 7 is not/],
    ['a field of its own', [...lines, 'extra: x'], /line 7 has the field extra; expected only package, version/],
    ['a field twice', [...lines, 'status: SUCCESS'], /line 7 has the field status again/],
    ['a field missing', lines.slice(1), /`package` is missing/],
    ['a word of its own', [...lines.slice(0, 2), 'status: OK', ...lines.slice(3)], /`status` is OK/],
    ['many lines', Array.from({ length: 200 }, () => ''), /it has 200 lines/],
    ['a flood', ['x'.repeat(100_000)], /has 100000 bytes/],
  ])('refuses %s in a result file', (_, content, expected) => {
    const reading = result(content.join('\n'));
    expect(reading.ok ? 'accepted' : reading.problem).toMatch(expected);
  });
});
