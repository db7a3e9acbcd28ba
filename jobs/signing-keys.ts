import { type Database, signingKeysDue, syncSigningKeys } from '../server/index.ts';
import type { Job } from './job.ts';

/** Brings the keys of tokens and cookies of all machines together, and makes a new one when the newest is a month old. */
export function signingKeysJob(db: Database['db'], dataDir: string): Job {
  return {
    name: 'signing-keys',
    description: 'Shares the keys of tokens and cookies between machines, and rotates them once a month.',
    schedule: '35 * * * * *',
    run: ({ now }) => syncSigningKeys(db, dataDir, now()),
    plan: ({ now }) => signingKeysDue(db, dataDir, now()),
  };
}
