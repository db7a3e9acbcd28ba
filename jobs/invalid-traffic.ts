import { type ClickHouse, marksDue, markTraffic, type TrafficRates } from '../analytics/index.ts';
import type { Job } from './job.ts';

/** Ten seconds before the rollup: an hour that has just closed is marked first and summed up once. */
export function invalidTrafficJob(clickhouse: ClickHouse, rates: TrafficRates): Job {
  return {
    name: 'invalid-traffic',
    description:
      'Marks the events of hours that are over that come too often or have no impression, and of those that got late events.',
    schedule: '10 * * * * *',
    mayTakeMs: 3_600_000,
    run: async ({ logger, now, signal }) => ({
      ...(await markTraffic({ clickhouse, rates, nowMs: now(), logger, signal })),
    }),
    plan: ({ now }) => marksDue(clickhouse, now()),
  };
}
