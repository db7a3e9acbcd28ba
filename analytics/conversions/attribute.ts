import type { Logger } from 'pino';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { cleanUp } from '../rollup/clean-up.ts';
import { closedUntil, closingGraceMs, periodMs } from '../rollup/period.ts';
import { newVersion, plainInsert } from '../rollup/runs.ts';
import { hasEvents } from '../rollup/state.ts';
import { changesWithin, type ReversalChange, reversalChanges } from '../validity/reversals.ts';
import {
  attributionColumns,
  attributionRows,
  type ConversionAction,
  longestClickWindowMs,
} from './attribution-rows.ts';

const jobs = { lane: 'jobs' } as const;

export interface AttributionOptions {
  readonly clickhouse: ClickHouse;
  /** All there are, archived ones included. */
  readonly actions: readonly ConversionAction[];
  readonly nowMs: number;
  readonly logger: Logger;
  /** Ends the run before the next period. */
  readonly signal?: AbortSignal;
}

export interface AttributionCounts {
  /** Periods made, for the first time or anew. */
  periods: number;
  /** Conversions put down to an ad in them. */
  attributed: number;
  /** Outdated versions removed. */
  removedVersions: number;
}

interface Due {
  readonly periodMs: number;
  readonly version: number;
  /** What its rows are made from: see `duePeriods`. */
  readonly events: number;
  readonly marks: number;
  readonly reversals: number;
}

/**
 * Puts conversions down to ads, for every period with conversions in which something has changed: one that is open when
 * a conversion came; once it is closed, with any event of it; always with marks and reversals that touch it or its
 * clicks. Running it again changes nothing. Two runs at once are not meant to be: an order could count in two periods.
 */
export async function attributeConversions(options: AttributionOptions): Promise<AttributionCounts> {
  const { clickhouse, actions, nowMs, logger, signal } = options;
  const counts: AttributionCounts = { periods: 0, attributed: 0, removedVersions: 0 };
  if (actions.length === 0) return counts;
  const reversals = await reversalChanges(clickhouse, jobs);
  for (const due of await duePeriods(clickhouse, reversals, nowMs)) {
    if (signal?.aborted === true) return counts;
    counts.attributed += await attributePeriod(options, reversals, due);
    counts.periods += 1;
  }
  counts.removedVersions = await cleanUp(clickhouse, nowMs, 'conversion_runs', 'attributed_conversions');
  if (counts.attributed > 0) logger.info({ ...counts }, 'Conversions attributed');
  return counts;
}

/** The periods that `attributeConversions` would make now, by their start in milliseconds since 1970. */
export async function attributionDue(clickhouse: ClickHouse, nowMs: number): Promise<readonly number[]> {
  const due = await duePeriods(clickhouse, await reversalChanges(clickhouse, jobs), nowMs);
  return due.map((period) => period.periodMs);
}

interface Known {
  readonly periodMs: number;
  readonly conversions: number;
  readonly events: number;
  readonly marks: number;
  readonly version: number;
  readonly madeFrom: number;
  readonly madeMarks: number;
  readonly madeReversals: number;
}

/**
 * The periods to be made, in order. A period's number is its conversions while it is open, so that it is not made anew
 * with every page view, and all of its events once it is closed.
 */
async function duePeriods(
  clickhouse: ClickHouse,
  reversals: readonly ReversalChange[],
  nowMs: number,
): Promise<Due[]> {
  const known = await clickhouse.query<Known>(
    `SELECT toUnixTimestamp(found.period) * 1000 AS periodMs, found.conversions AS conversions, total.events AS events,
       if(marked.marks = 0, 0, marked.version) AS marks, run.version AS version, run.events AS madeFrom,
       run.marks AS madeMarks, run.reversals AS madeReversals
     FROM (
       SELECT toStartOfHour(origin) AS period, count() AS conversions FROM events
       WHERE type = 'conversion' AND ${hasEvents('origin')} GROUP BY period
     ) AS found
     LEFT JOIN (SELECT period, sum(events) AS events FROM period_events GROUP BY period) AS total
       ON total.period = found.period
     LEFT JOIN (
       SELECT runs.period AS period, max(runs.version) AS version, argMax(runs.marks, runs.version) AS marks
       FROM mark_runs AS runs WHERE runs.state = 'done' GROUP BY runs.period
     ) AS marked ON marked.period = found.period
     LEFT JOIN (
       SELECT runs.period AS period, max(runs.version) AS version, argMax(runs.events, runs.version) AS events,
         argMax(runs.marks, runs.version) AS marks, argMax(runs.reversals, runs.version) AS reversals
       FROM conversion_runs AS runs WHERE runs.state = 'done' GROUP BY runs.period
     ) AS run ON run.period = found.period
     -- Made already, and some of the clicks that it was made from may be gone: it stays as it is.
     WHERE run.version = 0 OR found.period - toIntervalSecond({windowS:UInt32})
       >= (SELECT if(count() = 0, toDateTime(0, 'UTC'), toDateTime(max(day) + 1, 'UTC')) FROM dropped_days)
     ORDER BY found.period`,
    { windowS: longestClickWindowMs / 1000 },
    { ...jobs, settings: { join_use_nulls: 0 } },
  );
  const closed = closedUntil(nowMs, closingGraceMs);
  return known
    .map(({ events, conversions, ...row }) => ({
      ...row,
      events: row.periodMs < closed ? conversions + events : conversions,
      reversals: changesWithin(reversals, row.periodMs - longestClickWindowMs, row.periodMs + periodMs),
    }))
    .filter(
      ({ version, madeFrom, madeMarks, madeReversals, ...row }) =>
        version === 0 ||
        madeFrom !== row.events ||
        madeMarks !== row.marks ||
        madeReversals !== row.reversals,
    );
}

async function attributePeriod(
  { clickhouse, actions, nowMs }: AttributionOptions,
  reversals: readonly ReversalChange[],
  due: Due,
): Promise<number> {
  const version = newVersion(nowMs, due.version);
  const { sql, parameters } = attributionRows(actions, reversals, due.periodMs);
  await record(clickhouse, due, version, 'started', nowMs);
  await clickhouse.command(
    `INSERT INTO attributed_conversions (version, ${attributionColumns}) SETTINGS ${settingsList(plainInsert)}
     SELECT {version:UInt64}, ${attributionColumns} FROM (${sql})`,
    { ...parameters, version },
    jobs,
  );
  await record(clickhouse, due, version, 'done', nowMs);
  const [made] = await clickhouse.query<{ attributed: number }>(
    `SELECT count() AS attributed FROM attributed_conversions
     WHERE period = toDateTime({period:UInt32}, 'UTC') AND version = {version:UInt64}`,
    { period: due.periodMs / 1000, version },
    jobs,
  );
  return made?.attributed ?? 0;
}

async function record(
  clickhouse: ClickHouse,
  { periodMs: startMs, events, marks, reversals }: Due,
  version: number,
  state: 'started' | 'done',
  nowMs: number,
): Promise<void> {
  await clickhouse.command(
    `INSERT INTO conversion_runs (period, version, state, events, at, marks, reversals)
     SETTINGS ${settingsList(plainInsert)}
     SELECT toDateTime({period:UInt32}, 'UTC'), {version:UInt64}, {state:String}, {events:UInt64},
       fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC'), {marks:UInt64}, {reversals:UInt32}`,
    { period: startMs / 1000, version, state, events, nowMs, marks, reversals },
    jobs,
  );
}
