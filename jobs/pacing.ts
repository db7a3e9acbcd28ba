import { learnCurves, learnRates, type PacingOffice, reconcilePacing } from '../server/index.ts';
import type { Job } from './job.ts';

interface PacingParts {
  readonly db: Parameters<typeof learnCurves>[0]['db'];
  readonly clickhouse: Parameters<typeof learnCurves>[0]['clickhouse'];
  readonly dataDir: string;
  readonly pacing: PacingOffice;
}

/** Puts the counts that goals and budgets go by right, by those of the reports. */
export function reconcilePacingJob(parts: PacingParts): Job {
  return {
    name: 'pacing-counts',
    description: 'Puts the counts of line items with a goal or budget right, by the events in ClickHouse.',
    schedule: '40 */5 * * * *',
    run: ({ now, signal }) => reconcilePacing(parts, now(), signal),
  };
}

/** Learns what plans and eCPMs are made from. */
export function learnPacingJob(parts: PacingParts): Job {
  return {
    name: 'pacing-history',
    description: "Learns the sites' daily curves, and how often impressions are seen and clicked.",
    schedule: '50 7 * * * *',
    run: async ({ now, signal }) => ({
      ...(await learnCurves(parts, now(), signal)),
      ...(await learnRates(parts, now(), signal)),
    }),
  };
}
