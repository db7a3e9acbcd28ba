import type { Logger } from 'pino';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { cleanUp } from '../rollup/clean-up.ts';
import { closedUntil, closingGraceMs, periodMs } from '../rollup/period.ts';
import { newVersion, plainInsert } from '../rollup/runs.ts';
import { hasEvents } from '../rollup/state.ts';
import { markColumns, markRows } from './mark-rows.ts';
import type { TrafficRates } from './rates.ts';

const jobs = { lane: 'jobs' } as const;

export interface MarkOptions {
  readonly clickhouse: ClickHouse;
  readonly rates: TrafficRates;
  readonly nowMs: number;
  readonly logger: Logger;
  /** How long after its end a period is closed. Default: 600,000 ms. */
  readonly graceMs?: number;
  /** Ends the run before the next period. */
  readonly signal?: AbortSignal;
}

export interface MarkCounts {
  /** Periods looked at, for the first time or anew. */
  periods: number;
  /** Marks made. */
  marks: number;
  /** Periods left for the next run because an insert was under way, or their raw events are gone. */
  waiting: number;
  /** Outdated versions removed. */
  removedVersions: number;
}

interface Due {
  readonly period: number;
  readonly events: number;
  readonly version: number;
}

/**
 * Looks at every closed period whose events have changed since it was last looked at, and marks what only shows when an
 * hour is seen as a whole: events too often, clicks without an impression. A run replaces a period's marks as one;
 * running again changes nothing. Rates that were changed in the settings hold for hours closed from then on.
 */
export async function markTraffic(options: MarkOptions): Promise<MarkCounts> {
  const { clickhouse, nowMs, logger, signal, graceMs = closingGraceMs } = options;
  const counts: MarkCounts = { periods: 0, marks: 0, waiting: 0, removedVersions: 0 };
  for (const due of await duePeriods(clickhouse, closedUntil(nowMs, graceMs))) {
    if (signal?.aborted === true) return counts;
    await markPeriod(options, due, counts);
  }
  counts.removedVersions = await cleanUp(clickhouse, nowMs, 'mark_runs', 'event_marks');
  if (counts.marks > 0) logger.info({ ...counts }, 'Invalid traffic marked');
  return counts;
}

/** What `markTraffic` would do now: periods it would look at, with their events. */
export async function marksDue(
  clickhouse: ClickHouse,
  nowMs: number,
): Promise<{ periods: number; events: number }> {
  const due = await duePeriods(clickhouse, closedUntil(nowMs));
  return { periods: due.length, events: due.reduce((sum, { events }) => sum + events, 0) };
}

function duePeriods(clickhouse: ClickHouse, closedMs: number): Promise<Due[]> {
  return clickhouse.query<Due>(
    `SELECT toUnixTimestamp(known.period) AS period, known.total AS events, run.version AS version
     FROM (SELECT period, sum(events) AS total FROM period_events GROUP BY period) AS known
     LEFT JOIN (
       SELECT runs.period AS period, max(runs.version) AS version, argMax(runs.events, runs.version) AS events
       FROM mark_runs AS runs WHERE runs.state = 'done' GROUP BY runs.period
     ) AS run ON run.period = known.period
     WHERE known.period < toDateTime({closed:UInt32}, 'UTC')
       AND (run.version = 0 OR run.events != known.total)
       AND ${hasEvents('known.period')}
     ORDER BY known.period`,
    { closed: closedMs / 1000 },
    { ...jobs, settings: { join_use_nulls: 0 } },
  );
}

/** As with rollups, the events of the table itself are counted first: `period_events` may be ahead of it or behind. */
async function markPeriod(options: MarkOptions, due: Due, counts: MarkCounts): Promise<void> {
  const { clickhouse, nowMs, rates } = options;
  const bounds = { first: due.period, end: due.period + periodMs / 1000 };
  const [found] = await clickhouse.query<{ events: number }>(
    `SELECT count() AS events FROM events
     WHERE origin >= toDateTime({first:UInt32}, 'UTC') AND origin < toDateTime({end:UInt32}, 'UTC')`,
    bounds,
    jobs,
  );
  const events = found?.events ?? 0;
  if (events < due.events) {
    counts.waiting += 1;
    return;
  }
  const version = newVersion(nowMs, due.version);
  const run = { period: due.period, version, events, nowMs };
  await record(clickhouse, { ...run, state: 'started', marks: 0 });
  await clickhouse.command(
    `INSERT INTO event_marks (version, ${markColumns}) SETTINGS ${settingsList(plainInsert)}
     SELECT {version:UInt64}, ${markColumns} FROM (${markRows(rates)})`,
    { ...bounds, version },
    jobs,
  );
  const [made] = await clickhouse.query<{ marks: number }>(
    `SELECT count() AS marks FROM event_marks
     WHERE period = toDateTime({period:UInt32}, 'UTC') AND version = {version:UInt64}`,
    { period: due.period, version },
    jobs,
  );
  const marks = made?.marks ?? 0;
  await record(clickhouse, { ...run, state: 'done', marks });
  counts.periods += 1;
  counts.marks += marks;
}

interface Run {
  readonly period: number;
  readonly version: number;
  readonly state: 'started' | 'done';
  readonly events: number;
  readonly nowMs: number;
  readonly marks: number;
}

async function record(clickhouse: ClickHouse, run: Run): Promise<void> {
  await clickhouse.command(
    `INSERT INTO mark_runs (period, version, state, events, at, marks) SETTINGS ${settingsList(plainInsert)}
     SELECT toDateTime({period:UInt32}, 'UTC'), {version:UInt64}, {state:String}, {events:UInt64},
       fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC'), {marks:UInt64}`,
    { ...run },
    jobs,
  );
}
