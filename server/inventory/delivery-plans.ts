import type { Kysely } from 'kysely';
import type { DeliveryPlan } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import type { Goal } from './delivery-terms.ts';

/**
 * Reads what line items have planned: those with a goal and even pacing whose flight touches a range, whatever became of
 * them. One without a start runs from when it was made.
 */
export function deliveryPlans(
  db: Kysely<Tables>,
): (fromMs: number, toMs: number) => Promise<readonly DeliveryPlan[]> {
  return async (fromMs, toMs) => {
    const rows = await db
      .selectFrom('line_items')
      .innerJoin('campaigns', 'campaigns.id', 'line_items.campaign_id')
      .where('line_items.goal', 'is not', null)
      .where('line_items.pacing', '=', 'even')
      .where((where) =>
        where.and([
          where.or([
            where('line_items.end_at', 'is', null),
            where('line_items.end_at', '>', new Date(fromMs)),
          ]),
          where.or([
            where('line_items.start_at', 'is', null),
            where('line_items.start_at', '<', new Date(toMs)),
          ]),
        ]),
      )
      .select([
        'line_items.id',
        'line_items.campaign_id',
        'campaigns.advertiser_id',
        'line_items.goal',
        'line_items.start_at',
        'line_items.end_at',
        'line_items.created_at',
        'line_items.time_zone',
      ])
      .orderBy('line_items.id')
      .execute();
    return rows.map((row) => ({
      ...(row.goal as Goal),
      advertiser: row.advertiser_id,
      campaign: row.campaign_id,
      lineItem: row.id,
      startMs: (row.start_at ?? row.created_at).getTime(),
      endMs: row.end_at?.getTime() ?? Number.POSITIVE_INFINITY,
      timeZone: row.time_zone,
    }));
  };
}
