import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/long/**', 'test/week/long/**', 'node_modules/**'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Vitest's own default leaves one core alone.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Long enough for a machine that has other things to do.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
