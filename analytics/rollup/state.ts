import type { CallOptions, ClickHouse } from '../clickhouse/handle.ts';
import { changesWithin, type ReversalChange } from '../validity/reversals.ts';

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
  /** Raw events its rollup was made from. */
  readonly rolledEvents: number;
  /** Version of its marks of invalid traffic, 0 where it has none; and of those its rollup was made with. */
  readonly marks: number;
  readonly rolledMarks: number;
  /** Changes of reversals that touch it; and how many did when its rollup was made. */
  readonly reversals: number;
  readonly rolledReversals: number;
  /** Whether retention has dropped its raw events: the rollup is all there is, and stands whatever comes later. */
  readonly dropped: boolean;
}

/** Versions that are done, the highest of each period. */
export const currentRuns = `
  SELECT runs.period AS period, max(runs.version) AS version, argMax(runs.events, runs.version) AS events,
    argMax(runs.marks, runs.version) AS marks, argMax(runs.reversals, runs.version) AS reversals
  FROM rollup_runs AS runs WHERE runs.state = 'done' GROUP BY runs.period`;

/** Of the periods that were looked at for invalid traffic, the versions of their marks; 0 where they have none. */
const currentMarks = `
  SELECT runs.period AS period, if(argMax(runs.marks, runs.version) = 0, 0, max(runs.version)) AS version
  FROM mark_runs AS runs WHERE runs.state = 'done' GROUP BY runs.period`;

/**
 * The periods with events of a time in [`fromMs`, `toMs`), in order. Reads one row per period, and those not merged
 * yet.
 * @param reversals every change of them, which whoever reads the events has to go by as well
 */
export async function periodStates(
  clickhouse: ClickHouse,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  options: CallOptions,
  reversals: readonly ReversalChange[],
): Promise<PeriodState[]> {
  const states = await clickhouse.query<Omit<PeriodState, 'reversals' | 'dropped'> & { dropped: number }>(
    `SELECT
       toUnixTimestamp(known.period) * 1000 AS periodMs,
       known.total AS events,
       toUnixTimestamp64Milli(known.earliest) AS firstMs,
       toUnixTimestamp64Milli(known.latest) AS lastMs,
       run.version AS version,
       run.events AS rolledEvents,
       marked.version AS marks,
       run.marks AS rolledMarks,
       run.reversals AS rolledReversals,
       toDate(known.period) IN (SELECT day FROM dropped_days) AS dropped
     FROM (
       SELECT period, sum(events) AS total, min(first) AS earliest, max(last) AS latest
       FROM period_events GROUP BY period
     ) AS known
     LEFT JOIN (${currentRuns}) AS run ON run.period = known.period
     LEFT JOIN (${currentMarks}) AS marked ON marked.period = known.period
     WHERE known.earliest < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
       AND known.latest >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
     ORDER BY known.period`,
    { fromMs, toMs },
    { ...options, settings: { join_use_nulls: 0, ...options.settings } },
  );
  return states.map((state) => ({
    ...state,
    dropped: state.dropped === 1,
    reversals: changesWithin(reversals, state.firstMs, state.lastMs),
  }));
}

/** The pairs of period and version that count, of the runs no newer than a version (SQL). */
export function currentRunsUpTo(newest: string): string {
  return `SELECT period, max(version) FROM rollup_runs WHERE state = 'done' AND version <= ${newest} GROUP BY period`;
}

/** Whether the rollup can stand for the raw events, or has to. */
export function isRolledUp(state: PeriodState): boolean {
  return (
    state.dropped ||
    (state.version !== 0 &&
      state.rolledEvents === state.events &&
      state.rolledMarks === state.marks &&
      state.rolledReversals === state.reversals)
  );
}

/** Condition that a period (SQL) has its raw events. */
export function hasEvents(period: string): string {
  return `toDate(${period}) NOT IN (SELECT day FROM dropped_days)`;
}
