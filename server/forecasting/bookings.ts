import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import {
  expectedRates,
  type Goal,
  type LineItemType,
  lineItemTypes,
  type Targeting,
} from '../inventory/index.ts';
import type { Booking } from './draft-forecast.ts';

const dayMs = 86_400_000;
/** The largest ones count; each more makes the forecast slower. */
const mostBookings = 30;

export interface Flight {
  readonly startMs: number;
  readonly endMs: number;
  /** Like `2026-12-01`, in the forecast's time zone. */
  readonly dayOf: (ms: number) => string;
}

interface Asked {
  readonly type: LineItemType;
  readonly lineItemId?: number | undefined;
}

/** Line items with a goal that start later, within the flight, and do not go behind the draft. */
export async function bookingsFor(
  db: Kysely<Tables>,
  { type, lineItemId = 0 }: Asked,
  flight: Flight,
  nowMs: number,
): Promise<(Booking & { readonly name: string })[]> {
  const rows = await running(db)
    .where('line_items.id', '!=', lineItemId)
    .where('line_items.type', 'in', lineItemTypes.slice(0, lineItemTypes.indexOf(type) + 1))
    .where('line_items.start_at', '>', new Date(nowMs))
    .where('line_items.start_at', '<', new Date(flight.endMs))
    .where('line_items.goal', 'is not', null)
    .select(['line_items.id', 'line_items.name', 'line_items.start_at', 'line_items.end_at'])
    .select(['line_items.goal', 'line_items.targeting'])
    .execute();
  return rows
    .map(({ id, name, start_at, end_at, goal, targeting }) => {
      const startMs = start_at?.getTime() ?? nowMs;
      const endMs = end_at?.getTime() ?? flight.endMs;
      return {
        ...{ lineItemId: id, name, targeting: targeting as Targeting | null },
        perDay: impressionsPerDay(goal as Goal, (endMs - startMs) / dayMs),
        ...{ firstDay: flight.dayOf(startMs), lastDay: flight.dayOf(endMs - 1) },
      };
    })
    .sort((one, other) => other.perDay - one.perDay)
    .slice(0, mostBookings);
}

function impressionsPerDay({ metric, amount, per }: Goal, days: number): number {
  const impressions = metric === 'impressions' ? amount : amount / expectedRates[metric];
  return per === 'day' ? impressions : impressions / Math.max(1, days);
}

/** Ids of line items that go behind the draft, and its own. */
export async function goesBefore(db: Kysely<Tables>, { type, lineItemId }: Asked): Promise<number[]> {
  const behind = lineItemTypes.slice(lineItemTypes.indexOf(type) + 1);
  const own = lineItemId === undefined ? [] : [lineItemId];
  if (behind.length === 0) return own;
  const rows = await running(db).where('line_items.type', 'in', behind).select('line_items.id').execute();
  return [...own, ...rows.map(({ id }) => id)];
}

function running(db: Kysely<Tables>) {
  return db
    .selectFrom('line_items')
    .innerJoin('campaigns', 'campaigns.id', 'line_items.campaign_id')
    .innerJoin('advertisers', 'advertisers.id', 'campaigns.advertiser_id')
    .where('line_items.status', '=', 'active')
    .where('campaigns.status', '=', 'active')
    .where('advertisers.status', '=', 'active');
}
