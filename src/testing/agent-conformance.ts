import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { isLinux } from '../process/identity.ts';
import { type Behaviour, type OpenSubject, onStage, type Stage, until } from './agent-stage.ts';

export type { Behaviour, OpenSubject } from './agent-stage.ts';

export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * The promises of the {@link Agent} port, as cases for any test runner. `module` is the absolute path of a module that
 * exports `openSubject`: it is imported by processes of their own as well, which the suite kills, because an attempt must
 * outlive us (A2, E4). Every case ends what it started and checks that nothing of it runs on.
 *
 * @example for (const { name, run } of agentConformance(module)) it(name, run);
 */
export function agentConformance(module: string): readonly ConformanceCase[] {
  const given = async (behaviour: Behaviour, check: (stage: Stage) => Promise<void>): Promise<void> => {
    const { openSubject } = (await import(pathToFileURL(module).href)) as { openSubject: OpenSubject };
    const agent = openSubject(behaviour);
    if (agent !== null) await onStage({ module, behaviour, agent }, check);
  };
  return Object.entries(CASES).map(([name, [behaviour, check]]) => ({ name, run: () => given(behaviour, check) }));
}

type Check = (stage: Stage) => Promise<void>;

const CASES: Readonly<Record<string, readonly [Behaviour, Check]>> = {
  'an attempt that ends tells its status, and its output is in the file': [
    'reports',
    async ({ start }) => {
      const end = await (await start()).ended;
      assert.equal(end.ending, 'exited', end.text);
      assert.equal(end.exitCode, 0);
      assert.match(readFileSync(end.outputFile, 'utf8'), /REPORTED/);
      assert.deepEqual(end.leftBehind, []);
    },
  ],
  'a failing attempt tells its status': [
    'fails',
    async ({ start }) => {
      const end = await (await start()).ended;
      assert.equal(end.ending, 'exited', end.text);
      assert.equal(end.exitCode, 3);
    },
  ],
  'what it prints is in the file while it runs': [
    'waits',
    async ({ start, outputHas, go }) => {
      const running = await start();
      await outputHas('WAITING');
      go();
      assert.equal((await running.ended).ending, 'exited');
    },
  ],
  'a program that is not there is refused, with a sentence': [
    'missing',
    async ({ start }) => {
      const end = await (await start()).ended;
      assert.equal(end.ending, 'refused');
      assert.match(end.text, /^Cannot start .+\.$/s);
    },
  ],
  'the prompt comes on stdin and in a file': [
    'prompt',
    async ({ start }) => {
      const end = await (await start()).ended;
      assert.equal(readFileSync(end.outputFile, 'utf8').split('the prompt: "$HOME" ü').length, 3);
    },
  ],
  'it sees what it was given and the allow-list, and no secret of ours': [
    'environment',
    async ({ start }) => {
      process.env.CONFORMANCE_SECRET = 'secret';
      const end = await (await start()).ended.finally(() => delete process.env.CONFORMANCE_SECRET);
      const output = readFileSync(end.outputFile, 'utf8');
      assert.match(output, /^COX_TASK_ID=T-1$/m);
      assert.match(output, /^PATH=/m);
      assert.match(output, /^COX_RESULT_FILE=\/.+/m);
      assert.doesNotMatch(output, /CONFORMANCE_SECRET|VITEST/);
    },
  ],
  'usage is told while it runs and in the end': [
    'uses',
    async ({ start, events }) => {
      const end = await (await start()).ended;
      assert.equal(end.tokens, 120);
      assert.equal(
        events.reduce((sum, event) => sum + (event.type === 'usage' ? event.tokens : 0), 0),
        120,
      );
    },
  ],
  'stop ends it': [
    'hangs',
    async ({ start, outputHas }) => {
      const running = await start();
      await outputHas('WAITING');
      running.stop();
      running.stop();
      assert.equal((await running.ended).ending, 'stopped');
    },
  ],
  'stop ends one that does not listen': [
    'deaf',
    async ({ start, outputHas }) => {
      const running = await start();
      await outputHas('WAITING');
      running.stop();
      assert.equal((await running.ended).ending, 'stopped');
    },
  ],
  'stop ends what it started in a session of its own': [
    'waits-with-daemon',
    async ({ start, outputHas, processes }) => {
      const running = await start();
      await outputHas('WAITING');
      if (isLinux) assert.ok(processes().length >= 3, 'the daemon is not there');
      running.stop();
      assert.equal((await running.ended).ending, 'stopped');
      assert.deepEqual(processes(), []);
    },
  ],
  'what it leaves behind is ended and named': [
    'leaves-daemon',
    async ({ start, processes }) => {
      const end = await (await start()).ended;
      assert.equal(end.ending, 'exited', end.text);
      if (isLinux) assert.equal(end.leftBehind.length, 1);
      assert.deepEqual(processes(), []);
    },
  ],
  'one that floods is ended, and its output is kept within the limit': [
    'floods',
    async ({ start, spec }) => {
      const end = await (await start()).ended;
      assert.equal(end.ending, 'signalled');
      assert.match(end.text, /more than \d+ bytes/);
      assert.ok(statSync(end.outputFile).size <= spec.outputBytes);
    },
  ],
  'a second start in the same folder does not run it again': [
    'reports',
    async ({ start }) => {
      const first = await (await start()).ended;
      const second = await (await start()).ended;
      assert.deepEqual({ ...second, text: '' }, { ...first, text: '' });
      assert.equal(readFileSync(first.outputFile, 'utf8').split('REPORTED').length, 2);
    },
  ],
  'after our death, one that still runs is taken up and followed to its end': [
    'waits',
    async ({ start, dieWhileItRuns, go }) => {
      await dieWhileItRuns();
      const running = await start();
      go();
      const end = await running.ended;
      assert.equal(end.ending, 'exited', end.text);
      assert.equal(readFileSync(end.outputFile, 'utf8').split('REPORTED').length, 2);
    },
  ],
  'after our death, one that still runs can be stopped': [
    'waits-with-daemon',
    async ({ start, dieWhileItRuns, processes }) => {
      await dieWhileItRuns();
      const running = await start();
      running.stop();
      assert.equal((await running.ended).ending, 'stopped');
      assert.deepEqual(processes(), []);
    },
  ],
  'after our death, one that ended meanwhile is told with its status': [
    'waits',
    async ({ start, dieWhileItRuns, go, processes }) => {
      await dieWhileItRuns();
      go();
      await until(() => processes().length === 0);
      const end = await (await start()).ended;
      assert.equal(end.ending, 'exited', end.text);
      assert.equal(end.exitCode, 0);
    },
  ],
  'after our death, one that was killed meanwhile is lost': [
    'hangs',
    async ({ start, dieWhileItRuns, processes }) => {
      await dieWhileItRuns();
      for (const pid of processes()) process.kill(pid, 'SIGKILL');
      await until(() => processes().length === 0);
      const end = await (await start()).ended;
      // A wrapper may have outlived its program for long enough to write down what it died of.
      assert.ok(end.ending === 'lost' || end.ending === 'signalled', end.ending);
    },
  ],
  ...Object.fromEntries(
    ['spawn:begin', 'spawn:marked', 'spawn:spawned', 'spawn:recorded'].map((place): [string, [Behaviour, Check]] => [
      `after our death at ${place} it is run once, and only once`,
      [
        'reports',
        async ({ start, dieAt }) => {
          await dieAt(place);
          const end = await (await start()).ended;
          assert.equal(end.ending, 'exited', end.text);
          assert.equal(end.exitCode, 0);
          assert.equal(readFileSync(end.outputFile, 'utf8').split('REPORTED').length, 2);
        },
      ],
    ]),
  ),
};
