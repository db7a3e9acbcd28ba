import type { CallOptions, ClickHouse } from '../clickhouse/handle.ts';

/** A period that has events, and whether its rollup is made of all of them. */
export interface PeriodState {
  /** Start, milliseconds since 1970. */
  readonly periodMs: number;
  /** Raw events that `period_events` knows of, duplicates included. */
  readonly events: number;
  /** Times of its earliest and latest event, milliseconds since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Its rollup's version; 0 where there is none. */
  readonly version: number;
  /** Raw events its rollup was made from. The rollup is valid where this equals `events`. */
  readonly rolledEvents: number;
}

/** Versions that are done, the highest of each period. */
export const currentRuns = `
  SELECT runs.period AS period, max(runs.version) AS version, argMax(runs.events, runs.version) AS events
  FROM rollup_runs AS runs WHERE runs.state = 'done' GROUP BY runs.period`;

/**
 * The periods with events of a time in [`fromMs`, `toMs`), in order. Reads one row per period, and those not merged
 * yet.
 */
export async function periodStates(
  clickhouse: ClickHouse,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  options: CallOptions,
): Promise<PeriodState[]> {
  return clickhouse.query<PeriodState>(
    `SELECT
       toUnixTimestamp(known.period) * 1000 AS periodMs,
       known.total AS events,
       toUnixTimestamp64Milli(known.earliest) AS firstMs,
       toUnixTimestamp64Milli(known.latest) AS lastMs,
       run.version AS version,
       run.events AS rolledEvents
     FROM (
       SELECT period, sum(events) AS total, min(first) AS earliest, max(last) AS latest
       FROM period_events GROUP BY period
     ) AS known
     LEFT JOIN (${currentRuns}) AS run ON run.period = known.period
     WHERE known.earliest < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
       AND known.latest >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
     ORDER BY known.period`,
    { fromMs, toMs },
    { ...options, settings: { join_use_nulls: 0, ...options.settings } },
  );
}

/** The pairs of period and version that count, of the runs no newer than a version (SQL). */
export function currentRunsUpTo(newest: string): string {
  return `SELECT period, max(version) FROM rollup_runs WHERE state = 'done' AND version <= ${newest} GROUP BY period`;
}

/** Whether the rollup can stand for the raw events. */
export function isRolledUp(state: PeriodState): boolean {
  return state.version !== 0 && state.rolledEvents === state.events;
}
