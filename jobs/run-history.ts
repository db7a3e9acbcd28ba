import type { Job } from './job.ts';
import type { DatabaseRunStore } from './run-store.ts';

const keptMs = 30 * 86_400_000;

export function runHistoryJob(store: DatabaseRunStore): Job {
  return {
    name: 'run-history',
    description: 'Removes the record of job runs that are older than 30 days.',
    schedule: '0 17 3 * * *',
    run: async ({ now }) => ({ removed: await store.prune(new Date(now() - keptMs)) }),
  };
}
