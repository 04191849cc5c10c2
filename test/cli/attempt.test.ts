import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CATALOG } from '../../src/cli/catalog.ts';
import { cox } from './cox.ts';
import { project } from './project.ts';

const env = { COX_ATTEMPT: 'A1/1' };
const STEERING = [
  ['retry', 'A1'],
  ['skip', 'B1'],
  ['cancel', 'A1'],
  ['release', 'A1'],
  ['pause'],
  ['resume'],
  ['drain'],
  ['stop'],
  ['approve', 'checkpoint-1'],
  ['reject', 'checkpoint-1'],
  ['answer', 'escalation-1', 'retry'],
  ['run'],
  ['init', '--yes'],
];

test.each(STEERING)('an agent cannot `cox %s %s` from inside its attempt', async (...args) => {
  const { root } = project();
  const { code, stdout, stderr } = await cox(args, { cwd: root, env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^Cannot \w+ from inside the attempt A1\/1: an agent reports, it does not steer\. Next step: /,
  );
  expect(existsSync(path.join(root, '.coxswain'))).toBe(false);
});

test('every command that steers is one of these', () => {
  const steering = CATALOG.filter(({ steers }) => steers).map(({ name }) => name);
  expect(steering.sort()).toEqual(STEERING.map(([name]) => name).sort());
});

test.each([['list'], ['status'], ['explain', 'A1'], ['lint'], ['inbox'], ['logs']])(
  'it can look: %s %s',
  async (...args) => {
    const { root } = project();
    expect(await cox(args, { cwd: root, env })).toMatchObject({ code: 0 });
  },
);
