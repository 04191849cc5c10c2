import { defineConfig } from 'vitest/config';

// Slow folders are projects of their own; everything else in test/ is `fast`. Groups run one after the other, so
// that tests with real processes do not share the two cores with the property tests.
const slow = [
  { name: 'simulation', groupOrder: 1, testTimeout: 120_000, fileParallelism: true },
  { name: 'corpus', groupOrder: 1, testTimeout: 120_000, fileParallelism: true },
  { name: 'scenario', groupOrder: 2, testTimeout: 60_000, fileParallelism: true },
  { name: 'cli', groupOrder: 2, testTimeout: 60_000, fileParallelism: true },
  { name: 'docs', groupOrder: 2, testTimeout: 60_000, fileParallelism: true },
  { name: 'crash', groupOrder: 3, testTimeout: 180_000, fileParallelism: false },
];

const common = { environment: 'node', pool: 'forks', setupFiles: 'test/setup.ts' } as const;

// .ci/run names a file here and reads the counts from it.
const jsonReport = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: jsonReport ? ['default', 'json'] : ['default'],
    ...(jsonReport ? { outputFile: { json: jsonReport } } : {}),
    projects: [
      {
        test: {
          ...common,
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: slow.map(({ name }) => `test/${name}/**`),
          testTimeout: 10_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      ...slow.map(({ name, groupOrder, testTimeout, fileParallelism }) => ({
        test: {
          ...common,
          name,
          include: [`test/${name}/**/*.test.ts`],
          testTimeout,
          hookTimeout: testTimeout,
          maxWorkers: fileParallelism ? 2 : 1,
          fileParallelism,
          sequence: { groupOrder },
        },
      })),
    ],
  },
});
