import { type Database, forgetAnswers, forgetLeftovers } from '../server/index.ts';
import type { Job } from './job.ts';

/** What has run out removes itself when the next comes; where none comes, this does. */
export function leftoversJob(db: Database['db'], timeZone: string): Job {
  return {
    name: 'leftovers',
    description:
      'Removes sessions that have ended, links for a password that hold no more, old mails, and answers kept for a day.',
    schedule: '0 29 3 * * *',
    timeZone,
    run: async ({ now }) => ({
      ...(await forgetLeftovers(db, now())),
      answers: await forgetAnswers(db, now()),
    }),
  };
}
