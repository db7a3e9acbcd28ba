import { type Database, dayKeysDue, syncDayKeys } from '../server/index.ts';
import type { Job } from './job.ts';

/** Makes tomorrow's key of the visitor numbers ahead of its day, and destroys those of days that are over. */
export function dayKeysJob(db: Database['db'], dataDir: string): Job {
  return {
    name: 'day-keys',
    description: "Makes the next day's key of visitor numbers, and destroys the keys of past days.",
    schedule: '5 */10 * * * *',
    run: ({ now }) => syncDayKeys(db, dataDir, now()),
    plan: async ({ now }) => dayKeysDue(dataDir, now()),
  };
}
