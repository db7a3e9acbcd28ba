import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';

export interface NamedLineItem {
  readonly id: number;
  readonly name: string;
  readonly campaign: string;
  readonly advertiser: string;
  readonly type: string;
  readonly weight: number;
  /** Why it is not in the snapshot at all; undefined where it may be. */
  readonly idle: { readonly cause: IdleCause; readonly words: string } | undefined;
}

export const idleCauses = [
  'paused',
  'campaign_paused',
  'advertiser_paused',
  'ended',
  'not_approved',
] as const;
export type IdleCause = (typeof idleCauses)[number];

/** Line items that are not archived, with what keeps them out of the snapshot. */
export async function idleReasons(db: Kysely<Tables>, nowMs: number): Promise<readonly NamedLineItem[]> {
  const rows = await db
    .selectFrom('line_items')
    .innerJoin('campaigns', 'campaigns.id', 'line_items.campaign_id')
    .innerJoin('advertisers', 'advertisers.id', 'campaigns.advertiser_id')
    .select(['line_items.id', 'line_items.name', 'line_items.type', 'line_items.weight'])
    .select(['line_items.status', 'line_items.end_at', 'campaigns.name as campaign'])
    .select(['campaigns.status as campaign_status', 'advertisers.name as advertiser'])
    .select('advertisers.status as advertiser_status')
    .select([
      sql<boolean>`EXISTS (SELECT FROM creatives c WHERE c.line_item_id = line_items.id AND c.status = 'active')`.as(
        'hasCreative',
      ),
      sql<boolean>`EXISTS (SELECT FROM creatives c WHERE c.line_item_id = line_items.id AND c.status = 'active' AND c.approval = 'approved')`.as(
        'hasApproved',
      ),
    ])
    .where('line_items.status', '!=', 'archived')
    .where('campaigns.status', '!=', 'archived')
    .where('advertisers.status', '!=', 'archived')
    .orderBy('line_items.id')
    .execute();
  return rows.map(
    ({ status, end_at, campaign_status, advertiser_status, hasCreative, hasApproved, ...row }) => {
      let idle: NamedLineItem['idle'];
      if (status === 'paused') idle = { cause: 'paused', words: 'paused' };
      else if (campaign_status === 'paused')
        idle = { cause: 'campaign_paused', words: 'its campaign is paused' };
      else if (advertiser_status === 'paused')
        idle = { cause: 'advertiser_paused', words: 'its advertiser is paused' };
      else if (end_at !== null && end_at.getTime() <= nowMs)
        idle = { cause: 'ended', words: `ended ${end_at.toISOString()}` };
      else if (hasCreative && !hasApproved)
        idle = { cause: 'not_approved', words: 'none of its creatives is approved' };
      return { ...row, idle };
    },
  );
}
