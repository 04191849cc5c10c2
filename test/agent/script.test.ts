import path from 'node:path';
import { describe, it } from 'vitest';
import { agentConformance } from '../../src/testing/agent-conformance.ts';

describe('script agent', () => {
  for (const { name, run } of agentConformance(path.join(import.meta.dirname, 'fixtures/script-subject.ts')))
    it(name, run);
});
