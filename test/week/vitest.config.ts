import { defineConfig } from 'vitest/config';

/** The long form of the replayed week, which `npm test` leaves out: `npm run week`. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['test/week/long/**/*.test.ts'],
    pool: 'forks',
  },
});
