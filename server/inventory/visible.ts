import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { EntityTable } from './store.ts';

/** What of the inventory somebody gets to see: all, or what belongs to some advertisers and some sites. */
export type Visible = 'all' | { readonly advertisers: readonly number[]; readonly sites: readonly number[] };

/** Condition on a row of the table. What does not fulfil it is to be answered as if it did not exist. */
export function visibleRows(table: EntityTable, visible: Visible): RawBuilder<SqlBool> {
  if (visible === 'all') return sql<SqlBool>`true`;
  // One array each, so that the statement is the same however many there are.
  const advertisers = sql`ANY (${[...visible.advertisers]}::int[])`;
  const sites = sql`ANY (${[...visible.sites]}::int[])`;
  const campaigns = sql`(SELECT c.id FROM campaigns c WHERE c.advertiser_id = ${advertisers})`;
  const conditions: Record<EntityTable, RawBuilder<SqlBool>> = {
    advertisers: sql`id = ${advertisers}`,
    campaigns: sql`advertiser_id = ${advertisers}`,
    conversion_actions: sql`advertiser_id = ${advertisers}`,
    line_items: sql`campaign_id IN ${campaigns}`,
    creatives: sql`line_item_id IN (SELECT l.id FROM line_items l WHERE l.campaign_id IN ${campaigns})`,
    sites: sql`id = ${sites}`,
    zones: sql`site_id = ${sites}`,
    interest_categories: sql`false`,
    segments: sql`false`,
  };
  return conditions[table];
}
