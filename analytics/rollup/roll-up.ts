import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { cleanUp } from './clean-up.ts';
import { closedUntil, closingGraceMs } from './period.ts';
import { isRolledUp, type PeriodState, periodStates } from './state.ts';
import { trafficColumns, trafficRows } from './traffic-rows.ts';

const jobs = { lane: 'jobs' } as const;

export interface RollupOptions {
  readonly clickhouse: ClickHouse;
  readonly nowMs: number;
  readonly logger: Logger;
  /** How long after its end a period is closed. Default: 600,000 ms. */
  readonly graceMs?: number;
  /** Ends the run before the next period. */
  readonly signal?: AbortSignal;
}

export interface RollupCounts {
  /** Periods made, for the first time or anew. */
  periods: number;
  /** Raw events they were made from. */
  events: number;
  /** Periods left for the next run because an insert was under way, or their raw events are gone. */
  waiting: number;
  /** Outdated versions removed. */
  removedVersions: number;
}

/**
 * Makes the rollup of every closed period that has none or whose raw events have changed since. Running it again
 * changes nothing. A run that dies leaves rows under a version that nobody reads, and a later one removes them.
 */
export async function rollUp(options: RollupOptions): Promise<RollupCounts> {
  const { clickhouse, nowMs, logger, graceMs = closingGraceMs, signal } = options;
  const counts: RollupCounts = { periods: 0, events: 0, waiting: 0, removedVersions: 0 };
  const closed = closedUntil(nowMs, graceMs);
  const all = { fromMs: 0, toMs: Date.UTC(2100, 0) };
  for (const state of await periodStates(clickhouse, all, jobs)) {
    if (signal?.aborted === true) return counts;
    if (state.periodMs >= closed || isRolledUp(state)) continue;
    const events = await rollUpPeriod(clickhouse, state, nowMs);
    if (events === undefined) {
      counts.waiting += 1;
    } else {
      counts.periods += 1;
      counts.events += events;
    }
  }
  counts.removedVersions = await cleanUp(clickhouse, nowMs);
  if (counts.periods > 0 || counts.removedVersions > 0) logger.info({ ...counts }, 'Rollup made');
  return counts;
}

/**
 * Makes one period's rows. `rollup_runs` gets the number of raw events from before the rows are made: had more come
 * by then, the numbers differ and the period is made again; so a rollup that is valid has read exactly its events.
 * Events of the table itself are counted, because `period_events` may be ahead of it or behind.
 */
async function rollUpPeriod(
  clickhouse: ClickHouse,
  state: PeriodState,
  nowMs: number,
): Promise<number | undefined> {
  const period = state.periodMs / 1000;
  const inPeriod = "toStartOfHour(origin) = toDateTime({period:UInt32}, 'UTC')";
  const [row] = await clickhouse.query<{ events: number }>(
    `SELECT count() AS events FROM events WHERE ${inPeriod}`,
    { period },
    jobs,
  );
  const events = row?.events ?? 0;
  // Fewer: an insert is under way, or retention has dropped the raw events and the rollup is all that is left.
  if (events < state.events) return undefined;
  const version = newVersion(nowMs, state.version);
  const run = { period, version, events, nowMs };
  await recordRun(clickhouse, 'started', run);
  // No deduplication: made anew without a change, the same block would be taken for a repetition.
  const plain = settingsList({
    insert_deduplicate: 0,
    deduplicate_insert: 'disable',
    deduplicate_insert_select: 'disable',
    async_insert: 0,
    optimize_read_in_order: 1,
  });
  await clickhouse.command(
    `INSERT INTO traffic_rollup (version, ${trafficColumns}) SETTINGS ${plain}
     SELECT {version:UInt64}, ${trafficColumns} FROM (${trafficRows(inPeriod)})`,
    { period, version },
    jobs,
  );
  await recordRun(clickhouse, 'done', run);
  return events;
}

interface Run {
  readonly period: number;
  readonly version: number;
  readonly events: number;
  readonly nowMs: number;
}

async function recordRun(clickhouse: ClickHouse, state: 'started' | 'done', run: Run): Promise<void> {
  const columns = 'period, version, state, events, at';
  await clickhouse.command(
    `INSERT INTO rollup_runs (${columns})
     SETTINGS async_insert = 0, insert_deduplicate = 0, deduplicate_insert = 'disable', deduplicate_insert_select = 'disable'
     SELECT toDateTime({period:UInt32}, 'UTC'), {version:UInt64}, {state:String}, {events:UInt64},
       fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC')`,
    { ...run, state },
    jobs,
  );
}

/**
 * Above the one before, also where the clock was set back; otherwise by time. The random part keeps two back offices that run at once, or two runs in one millisecond, from
 * writing under one version, which would count twice. Below 2^53 until the year 2248.
 */
function newVersion(nowMs: number, before: number): number {
  return Math.max(Math.floor(nowMs) * 1024, before + 1) + randomInt(1024);
}
