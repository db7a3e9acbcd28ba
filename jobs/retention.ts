import { type ClickHouse, dropOld, retentionDue } from '../analytics/index.ts';
import type { Job, JobContext } from './job.ts';

/** What is kept for how many days. */
export interface KeptDays {
  readonly events: number;
  readonly rollups: number;
}

export function retentionJob(clickhouse: ClickHouse, kept: KeptDays, timeZone: string): Job {
  const options = ({ logger, now, signal }: JobContext) => ({
    clickhouse,
    nowMs: now(),
    logger,
    signal,
    eventsDays: kept.events,
    rollupsDays: kept.rollups,
  });
  return {
    name: 'retention',
    description: 'Drops raw events older than EVENTS_DAYS, and numbers older than ROLLUP_DAYS.',
    schedule: '0 40 3 * * *',
    timeZone,
    mayTakeMs: 3 * 3_600_000,
    // A rollup made while its raw events go would be made of what is left of them.
    excludes: ['conversions', 'invalid-traffic', 'rollup'],
    run: async (context) => ({ ...(await dropOld(options(context))) }),
    plan: async (context) => ({ ...(await retentionDue(options(context))) }),
  };
}
