import type { Parameters } from '../clickhouse/sql-text.ts';
import { conversionRows, noConversions } from '../conversions/conversion-rows.ts';
import { quarterMs } from '../rollup/period.ts';
import { currentRunsUpTo, isRolledUp, type PeriodState } from '../rollup/state.ts';
import { trafficColumns, trafficRows } from '../rollup/traffic-rows.ts';
import { counted } from '../validity/counted.ts';
import type { ReversalChange } from '../validity/reversals.ts';

/** A longer list of raw periods than this is read as one stretch: each is an element of a query's parameter. */
const longestList = 5_000;

/**
 * SELECT of rollup rows for a range: from the rollup for the periods whose rollup is valid, from the raw events for
 * the others; and the conversions that were put down to ads. Where the range begins or ends within a quarter of an hour, the periods with events in that quarter are
 * read raw; of days whose raw events were dropped there are whole quarters alone. Events are placed by their own time, periods by their origin, so a period's rows may lie hours later.
 *
 * The periods were looked at before this is run; rollups made since are left aside, so that no period is counted twice
 * or missed.
 */
export function trafficSource(
  states: readonly PeriodState[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  reversals: readonly ReversalChange[],
): { sql: string; parameters: Parameters } {
  const quarterFrom = Math.ceil(fromMs / quarterMs) * quarterMs;
  const quarterTo = Math.floor(toMs / quarterMs) * quarterMs;
  const inPart = (state: PeriodState, start: number, end: number) =>
    start < end && state.firstMs < end && state.lastMs >= start;
  const isRaw = (state: PeriodState) =>
    !state.dropped &&
    (!isRolledUp(state) ||
      quarterFrom > quarterTo ||
      inPart(state, fromMs, quarterFrom) ||
      inPart(state, quarterTo, toMs));
  const raw = rawPeriods(states, isRaw);
  const rolledUp = `SELECT ${trafficColumns}, ${noConversions} FROM traffic_rollup
    WHERE quarter >= toDateTime({quarterFrom:UInt32}, 'UTC') AND quarter < toDateTime({quarterTo:UInt32}, 'UTC')
      AND (period, version) IN (${currentRunsUpTo('{newest:UInt64}')})
      AND NOT (${raw.sql('period')})`;
  const counting = counted(reversals, raw.sql('period'));
  const fromRaw = trafficRows(
    counting.sql,
    raw.sql('toStartOfHour(origin)'),
    `time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')`,
  );
  const parameters = {
    quarterFrom: quarterFrom / 1000,
    quarterTo: quarterTo / 1000,
    conversionsFromMs: fromMs,
    conversionsToMs: toMs,
    newest: states.reduce((newest, state) => Math.max(newest, state.version), 0),
    ...(raw.any ? { fromMs, toMs, ...counting.parameters } : {}),
    ...raw.parameters,
  };
  const parts = [rolledUp, conversionRows];
  if (raw.any) parts.push(`SELECT ${trafficColumns}, ${noConversions} FROM (${fromRaw})`);
  return { sql: parts.join('\nUNION ALL\n'), parameters };
}

interface RawPeriods {
  readonly any: boolean;
  /** Condition that an SQL expression is one of the periods. */
  readonly sql: (period: string) => string;
  readonly parameters: Parameters;
}

function rawPeriods(states: readonly PeriodState[], isRaw: (state: PeriodState) => boolean): RawPeriods {
  const seconds = states.filter(isRaw).map((state) => state.periodMs / 1000);
  const first = seconds[0];
  const last = seconds.at(-1);
  if (first === undefined || last === undefined) return { any: false, sql: () => '0', parameters: {} };
  const stretch = (period: string) =>
    `${period} >= toDateTime({rawFrom:UInt32}, 'UTC') AND ${period} <= toDateTime({rawTo:UInt32}, 'UTC')`;
  const bounds = { rawFrom: first, rawTo: last };
  if (seconds.length > longestList) return { any: true, sql: stretch, parameters: bounds };
  return {
    any: true,
    // The bounds beside the list let ClickHouse pass over the other days' partitions.
    sql: (period) => `${stretch(period)} AND ${period} IN {rawPeriods:Array(DateTime('UTC'))}`,
    parameters: { ...bounds, rawPeriods: seconds },
  };
}
