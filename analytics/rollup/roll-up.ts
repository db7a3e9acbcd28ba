import type { Logger } from 'pino';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { type Condition, counted } from '../validity/counted.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { cleanUp } from './clean-up.ts';
import { closedUntil, closingGraceMs, periodMs } from './period.ts';
import { newVersion, plainInsert } from './runs.ts';
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
  const reversals = await reversalChanges(clickhouse, jobs);
  const counting = counted(reversals, markedPeriods);
  const due = (await periodStates(clickhouse, all, jobs, reversals)).filter(
    (state) => state.periodMs < closed && !isRolledUp(state),
  );
  for (const batch of batches(due)) {
    if (signal?.aborted === true) return counts;
    await rollUpBatch(clickhouse, batch, counting, nowMs, counts);
  }
  counts.removedVersions = await cleanUp(clickhouse, nowMs, 'rollup_runs', 'traffic_rollup');
  if (counts.periods > 0 || counts.removedVersions > 0) logger.info({ ...counts }, 'Rollup made');
  return counts;
}

/** A day at most, and so few events that taking out their duplicates fits in memory; at least one period. */
function* batches(due: readonly PeriodState[]): Generator<PeriodState[]> {
  let batch: PeriodState[] = [];
  let events = 0;
  for (const state of due) {
    if (batch.length > 0 && (batch.length >= 24 || events + state.events > 2_000_000)) {
      yield batch;
      batch = [];
      events = 0;
    }
    batch.push(state);
    events += state.events;
  }
  if (batch.length > 0) yield batch;
}

/**
 * Makes the rows of some periods. `rollup_runs` gets the number of raw events from before the rows are made: had more
 * come by then, the numbers differ and the period is made again; so a rollup that is valid has read exactly its events.
 * Events of the table itself are counted, because `period_events` may be ahead of it or behind.
 */
async function rollUpBatch(
  clickhouse: ClickHouse,
  batch: readonly PeriodState[],
  counting: Condition,
  nowMs: number,
  counts: RollupCounts,
): Promise<void> {
  const found = await countEvents(clickhouse, batch);
  // Fewer: an insert is under way, or retention has dropped the raw events and the rollup is all that is left.
  const ready = batch.filter((state) => (found.get(state.periodMs / 1000) ?? 0) >= state.events);
  counts.waiting += batch.length - ready.length;
  if (ready.length === 0) return;
  const periods = ready.map((state) => state.periodMs / 1000);
  const events = periods.map((period) => found.get(period) ?? 0);
  const version = newVersion(nowMs, Math.max(...ready.map((state) => state.version)));
  // As they were before the rows are made: marks and reversals that come meanwhile make the period again.
  const marks = ready.map((state) => state.marks);
  const reversals = ready.map((state) => state.reversals);
  const run = { periods, events, marks, reversals, version, nowMs };
  await recordRun(clickhouse, 'started', run);
  await clickhouse.command(
    `INSERT INTO traffic_rollup (version, ${trafficColumns}) SETTINGS ${settingsList(plainInsert)}
     SELECT {version:UInt64}, ${trafficColumns} FROM (${trafficRows(counting.sql, inPeriods)})`,
    { ...bounds(periods), ...counting.parameters, version },
    jobs,
  );
  await recordRun(clickhouse, 'done', run);
  counts.periods += ready.length;
  counts.events += events.reduce((sum, number) => sum + number, 0);
}

/** The bounds beside the list let ClickHouse pass over the other days' partitions. */
const inPeriods = `toStartOfHour(origin) IN {periods:Array(DateTime('UTC'))}
  AND origin >= toDateTime({first:UInt32}, 'UTC') AND origin < toDateTime({end:UInt32}, 'UTC')`;

const markedPeriods = `period IN {periods:Array(DateTime('UTC'))}`;

function bounds(periods: readonly number[]): { periods: readonly number[]; first: number; end: number } {
  return { periods, first: Math.min(...periods), end: Math.max(...periods) + periodMs / 1000 };
}

/** Raw events by the start of their period, in seconds. */
async function countEvents(
  clickhouse: ClickHouse,
  batch: readonly PeriodState[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await clickhouse.query<{ period: number; events: number }>(
    `SELECT toUnixTimestamp(toStartOfHour(origin)) AS period, count() AS events
     FROM events WHERE ${inPeriods} GROUP BY period`,
    bounds(batch.map((state) => state.periodMs / 1000)),
    jobs,
  );
  return new Map(rows.map((row) => [row.period, row.events]));
}

interface Run {
  readonly periods: readonly number[];
  readonly events: readonly number[];
  readonly marks: readonly number[];
  readonly reversals: readonly number[];
  readonly version: number;
  readonly nowMs: number;
}

async function recordRun(clickhouse: ClickHouse, state: 'started' | 'done', run: Run): Promise<void> {
  await clickhouse.command(
    `INSERT INTO rollup_runs (period, version, state, events, at, marks, reversals)
     SETTINGS ${settingsList(plainInsert)}
     SELECT toDateTime(made.1, 'UTC'), {version:UInt64}, {state:String}, made.2,
       fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC'), made.3, made.4
     FROM (
       SELECT arrayJoin(arrayZip({periods:Array(UInt32)}, {events:Array(UInt64)}, {marks:Array(UInt64)},
         {reversals:Array(UInt32)})) AS made
     )`,
    { ...run, state },
    jobs,
  );
}
