import { defineConfig } from 'vitest/config';

/** The long runs, which `npm test` leaves out: `npm run faults`. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['test/faults/long/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
  },
});
