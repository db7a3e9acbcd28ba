import type { Job } from './job.ts';
import type { DatabaseRunStore } from './run-store.ts';

const dayMs = 86_400_000;

/** @param keptDays how long the record of a run is kept */
export function runHistoryJob(store: DatabaseRunStore, keptDays: number, timeZone: string): Job {
  const before = (nowMs: number) => new Date(nowMs - keptDays * dayMs);
  return {
    name: 'run-history',
    description: 'Removes the record of job runs that are older than JOB_HISTORY_DAYS.',
    schedule: '0 17 3 * * *',
    timeZone,
    run: async ({ now }) => ({ removed: await store.prune(before(now())) }),
    plan: async ({ now }) => ({ removed: await store.prunable(before(now())) }),
  };
}
