import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { type ClickHouse, lineItemCounts, spoolBacklog } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { type EventCounts, keptMinutes } from './ledger.ts';
import type { PacingOffice } from './pacing-office.ts';
import { PacingStore } from './pacing-store.ts';

const minuteMs = 60_000;
/** A machine from which nothing was heard for so long is not waited for. */
const heardMs = 3_600_000;
/** Requests under way when a log segment begins may be timed a little before it. */
const settleMs = 5000;
const none: EventCounts = { impressions: 0, viewable: 0, clicks: 0 };

export interface ReconcileParts {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
  readonly dataDir: string;
  readonly pacing: PacingOffice;
}

/**
 * Puts the controller's counts right by ClickHouse's, which have no duplicates and lose nothing with a worker: up to
 * the last minute of which every machine's events are in.
 * @returns how many line items were looked at, and for how many something was wrong
 */
export async function reconcilePacing(
  { db, clickhouse, dataDir, pacing }: ReconcileParts,
  nowMs: number,
  signal: AbortSignal,
): Promise<{ lineItems: number; corrected: number }> {
  const counted = pacing.controller?.counted(nowMs) ?? [];
  const { oldestMs } = await spoolBacklog(join(dataDir, 'spool'));
  const others = await new PacingStore(db).shippedUntil(nowMs - heardMs);
  const shippedMs = Math.min(oldestMs ?? nowMs, others ?? nowMs, nowMs) - settleMs;
  const untilMs = Math.floor(shippedMs / minuteMs) * minuteMs;
  // What came since then is known by the minute for two hours.
  if (counted.length === 0 || untilMs < nowMs - (keptMinutes - 5) * minuteMs) {
    return { lineItems: 0, corrected: 0 };
  }
  const countsSince = sinceCounter(clickhouse, untilMs, signal);
  let corrected = 0;
  for (const { id, sinceMs, dayStartMs } of counted) {
    const total = (await countsSince(sinceMs)).get(id) ?? none;
    const today = (await countsSince(dayStartMs)).get(id) ?? none;
    if (pacing.controller?.correct(id, total, today, untilMs)) corrected++;
  }
  return { lineItems: counted.length, corrected };
}

/** Counts from a time on, each time asked for once: line items share their beginnings. */
function sinceCounter(clickhouse: ClickHouse, untilMs: number, signal: AbortSignal) {
  const asked = new Map<number, Promise<ReadonlyMap<number, EventCounts>>>();
  return (sinceMs: number): Promise<ReadonlyMap<number, EventCounts>> => {
    const fromMs = Math.max(0, Math.floor(sinceMs / minuteMs) * minuteMs);
    let counts = asked.get(fromMs);
    if (counts === undefined) {
      counts = countsBetween(clickhouse, fromMs, untilMs, signal);
      asked.set(fromMs, counts);
    }
    return counts;
  };
}

async function countsBetween(
  clickhouse: ClickHouse,
  fromMs: number,
  toMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, EventCounts>> {
  if (fromMs >= toMs) return new Map();
  const rows = await lineItemCounts(clickhouse, { fromMs, toMs }, signal);
  return new Map(
    rows.map(({ lineItem, impressions, viewable, clicks }) => [lineItem, { impressions, viewable, clicks }]),
  );
}
