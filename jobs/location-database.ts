import type { GeoDbUpdater } from '../geo-db/index.ts';
import type { Job } from './job.ts';

/** Downloads the location databases that are due; workers see the new file by themselves. */
export function locationDatabaseJob(updater: GeoDbUpdater): Job {
  return {
    name: 'location-database',
    description:
      'Downloads newer location databases, each twice a day at the most, and sooner after a failure.',
    schedule: '40 */10 * * * *',
    mayTakeMs: 3_600_000,
    run: async ({ logger, now, signal }) => {
      const outcomes = await updater.run({
        now,
        signal,
        onOutcome: (outcome) => {
          if (outcome.outcome === 'failed') logger.error(outcome, 'location database not updated');
          else logger.info(outcome, `location database ${outcome.outcome}`);
        },
      });
      const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
      if (failed.length > 0)
        throw new Error(failed.map(({ name, reason }) => `${name}: ${reason}`).join(' '));
      const count = (kind: string) => outcomes.filter(({ outcome }) => outcome === kind).length;
      return { updated: count('updated'), unchanged: count('unchanged') };
    },
    plan: async ({ now }) => {
      const due = (await updater.status()).filter(({ nextCheckMs }) => nextCheckMs <= now());
      return { asked: due.length };
    },
  };
}
