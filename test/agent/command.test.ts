import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCommandAgent } from '../../src/agent/command.ts';
import type { AgentSpec } from '../../src/core/playbook.ts';
import type { AttemptSpec } from '../../src/port/agent.ts';
import { agentConformance } from '../../src/testing/agent-conformance.ts';

describe('command agent', () => {
  for (const { name, run } of agentConformance(path.join(import.meta.dirname, 'fixtures/command-subject.ts')))
    it(name, run);
});

describe('what a command agent runs', () => {
  let project = '';
  let cwd = '';
  beforeEach(() => {
    project = mkdtempSync(path.join(tmpdir(), 'cox-command-'));
    cwd = path.join(project, 'tree');
    for (const name of ['tree', 'attempt', 'bin']) mkdirSync(path.join(project, name));
  });
  afterEach(() => {
    rmSync(project, { recursive: true, force: true });
  });

  async function run(command: readonly string[], change: Partial<AgentSpec> = {}, env: Record<string, string> = {}) {
    const agent = openCommandAgent({
      kind: 'command',
      command,
      env: {},
      passEnv: [],
      bin: null,
      model: null,
      ...change,
    });
    const spec: AttemptSpec = {
      task: 'T1',
      fence: 1,
      stage: 'work',
      role: 'task-agent',
      folder: path.join(project, 'attempt'),
      cwd,
      prompt: 'prompt',
      model: null,
      think: null,
      session: null,
      env: { COX_PROJECT: project, COX_TASK_ID: 'T1', ...env },
      outputBytes: 100_000,
      graceMs: 100,
    };
    const end = await (await agent.start(spec, () => {})).ended;
    return { end, output: end.ending === 'refused' ? '' : readFileSync(end.outputFile, 'utf8') };
  }

  const put = (name: string, text: string) => writeFileSync(path.join(project, name), text, { mode: 0o755 });

  it('is a program of the project when it has a slash, in the worktree', async () => {
    put('bin/agent', '#!/bin/sh\npwd; echo "$1"');
    put('tree/bin', 'not this one');
    expect((await run(['./bin/agent', '$HOME'])).output).toBe(`${cwd}\n$HOME\n`);
  });

  it("is the project's script when the worktree has none of that name", async () => {
    put('agent.sh', 'echo project $1');
    expect((await run(['sh', 'agent.sh', 'agent.sh'])).output).toBe('project agent.sh\n');
  });

  it("is the worktree's own script when there is one", async () => {
    put('agent.sh', 'echo project');
    put('tree/agent.sh', 'echo worktree');
    expect((await run(['sh', '-e', 'agent.sh'])).output).toBe('worktree\n');
  });

  it('is never found in the worktree by its bare name', async () => {
    put('tree/agent', '#!/bin/sh\necho mine');
    const { end } = await run(['agent'], { env: { PATH: '.:/bin' } });
    expect(end).toMatchObject({ ending: 'refused', leftBehind: [], text: expect.stringContaining('on PATH') });
  });

  it.each([
    [[], /its command is empty/],
    [['./bin/missing'], /bin\/missing is missing or not executable\. Next step: /],
  ])('is refused: %j', async (command, text) => {
    expect((await run(command)).end.text).toMatch(text);
  });

  it('has the configured environment, under the COX_* of its attempt', async () => {
    const env = { NAME: 'value', COX_TASK_ID: 'T9', COX_MARKER: 'none' };
    const { output } = await run(['env'], { env });
    expect(output).toMatch(/^NAME=value$/m);
    expect(output).toMatch(/^COX_TASK_ID=T1$/m);
    expect(output).toMatch(/^COX_MARKER=[0-9a-f]{32}$/m);
    expect(output).toMatch(new RegExp(`^COX_RESULT_FILE=${project}/attempt/result.json$`, 'm'));
  });

  it('writes its result where the engine says', async () => {
    const file = path.join(project, 'elsewhere.json');
    const { end } = await run(['sh', '-c', 'echo "{}" > "$COX_RESULT_FILE"'], {}, { COX_RESULT_FILE: file });
    expect(end.resultFile).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe('{}\n');
  });

  it('tells a signal from an exit, and keeps stderr apart', async () => {
    const { end, output } = await run(['sh', '-c', 'echo out; echo err >&2; kill -KILL $$']);
    expect(end).toMatchObject({
      ending: 'signalled',
      exitCode: null,
      text: 'It was ended by SIGKILL, which we did not send.',
    });
    expect(output).toBe('out\n');
    expect(readFileSync(path.join(project, 'attempt/stderr.log'), 'utf8')).toBe('err\n');
  });
});
