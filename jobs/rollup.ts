import { type ClickHouse, rollUp, rollupDue } from '../analytics/index.ts';
import type { Job } from './job.ts';

export function rollupJob(clickhouse: ClickHouse): Job {
  return {
    name: 'rollup',
    description:
      'Sums up the hours that are over by the quarter of an hour, and again those that got late events.',
    schedule: '20 * * * * *',
    mayTakeMs: 3_600_000,
    run: async ({ logger, now, signal }) => ({
      ...(await rollUp({ clickhouse, nowMs: now(), logger, signal })),
    }),
    plan: ({ now, signal }) => rollupDue(clickhouse, now(), signal),
  };
}
