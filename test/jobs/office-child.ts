import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { DatabaseRunStore, type Job, Scheduler, SharedLedger } from '../../jobs/index.ts';
import { openDatabase } from '../../server/database/index.ts';

/**
 * A back office with one shared job, as a process of its own. Arguments: the address of PostgreSQL, the file that each run writes
 * its beginning and end to, how long the lease is, and for how long a run takes, in milliseconds.
 */
const [url, file, leaseMs, runMs] = process.argv.slice(2) as [string, string, string, string];
const logger = pino({ level: 'silent' });
const { db } = await openDatabase({ url, dataDir: '.', logger });
const say = (what: string) =>
  appendFileSync(file, `${JSON.stringify({ what, pid: process.pid, atMs: Date.now() })}\n`);
const job: Job = {
  name: 'held',
  description: 'Takes a while.',
  schedule: '* * * * * *',
  shared: true,
  run: async ({ signal }) => {
    say('began');
    await pause(Number(runMs), undefined, { signal });
    say('ended');
    return {};
  },
};
const shared = new SharedLedger(db, Number(leaseMs));
new Scheduler({ jobs: [job], store: new DatabaseRunStore(db), logger, shared }).start();
say('ready');
