import {
  attributeConversions,
  attributionDue,
  type ClickHouse,
  type ConversionAction,
} from '../analytics/index.ts';
import type { Database } from '../server/index.ts';
import type { Job } from './job.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export function conversionsJob(db: Database['db'], clickhouse: ClickHouse): Job {
  return {
    name: 'conversions',
    description: 'Puts conversions down to the clicks and impressions that they follow.',
    schedule: '30 * * * * *',
    mayTakeMs: 3_600_000,
    run: async ({ logger, now, signal }) => ({
      ...(await attributeConversions({
        clickhouse,
        actions: await allActions(db),
        nowMs: now(),
        logger,
        signal,
      })),
    }),
    plan: async ({ now }) => ({ periods: (await attributionDue(clickhouse, now())).length }),
  };
}

/** Paused and archived ones too: what they recorded before stays what it was. */
async function allActions(db: Database['db']): Promise<ConversionAction[]> {
  const rows = await db
    .selectFrom('conversion_actions')
    .select(['id', 'advertiser_id', 'click_window_days', 'view_window_hours', 'counting', 'currency'])
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    advertiserId: row.advertiser_id,
    clickWindowMs: row.click_window_days * dayMs,
    viewWindowMs: row.view_window_hours * hourMs,
    counting: row.counting,
    currency: row.currency,
  }));
}
