import type { ClickHouse } from '../clickhouse/handle.ts';
import { ParameterList, type RequestCondition, requestConditionSql } from './request-condition.ts';

const dayMs = 86_400_000;
/** Days looked at, where there are few enough requests. */
const mostDays = 7;
/** Of so many events the days are enough to tell shares, and few enough to be counted while somebody types. */
const enoughEvents = 3_000_000;

export interface SampleCount {
  /** Indexes of `conditions` that all have to hold; what is not known counts as holding. */
  readonly all: readonly number[];
  /** Only requests without an ad, or with one of these line items. */
  readonly open?: { readonly to: readonly number[] } | undefined;
  /** Only requests that got no ad for this reason. */
  readonly noFill?: string | undefined;
  /** Only requests that this line item got. */
  readonly lineItem?: number | undefined;
}

export interface RequestSample {
  /** First instant looked at, and the first no longer. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of each of the counts. */
  readonly counts: readonly number[];
}

export interface SampleQuestion {
  readonly conditions: readonly RequestCondition[];
  readonly counts: readonly SampleCount[];
  /** Default: seven days, fewer where there are many requests. */
  readonly spanMs?: number;
}

/**
 * Counts ad requests of the last days by any conditions on what is stored of them, to tell shares: one pass over raw
 * events, without looking for duplicates and marks that were made later. Rejects as ClickHouse does.
 */
export async function sampleRequests(
  clickhouse: ClickHouse,
  { conditions, counts, spanMs }: SampleQuestion,
  nowMs: number,
  signal?: AbortSignal,
): Promise<RequestSample> {
  const fromMs = nowMs - (spanMs ?? (await daysOf(clickhouse, nowMs, signal)) * dayMs);
  const parameters = new ParameterList();
  const answers = conditions.map((each, index) => `${requestConditionSql(each, parameters)} AS r${index}`);
  const columns = ['no_fill', 'line_item', ...answers];
  const sums = counts.map((count, index) => `countIf(${countSql(count, parameters)}) AS n${index}`);
  const instant = (ms: number) => `fromUnixTimestamp64Milli(${parameters.add('Int64', ms)}, 'UTC')`;
  const [row] = await clickhouse.query<Record<string, number>>(
    `SELECT ${sums.join(', ')} FROM (
       SELECT ${columns.join(', ')} FROM events
       WHERE type = 'ad_request' AND not_counted = '' AND invalid = '' AND origin >= ${instant(fromMs)} AND origin < ${instant(nowMs)}
     )`,
    parameters.values,
    { lane: 'reports', signal, settings: { max_execution_time: 30 } },
  );
  return { fromMs, toMs: nowMs, counts: counts.map((_, index) => Number(row?.[`n${index}`] ?? 0)) };
}

function countSql({ all, open, noFill, lineItem }: SampleCount, parameters: ParameterList): string {
  const conditions = all.map((index) => `ifNull(r${index}, 1)`);
  if (open !== undefined) {
    conditions.push(`(no_fill != '' OR has(${parameters.add('Array(UInt32)', open.to)}, line_item))`);
  }
  if (noFill !== undefined) conditions.push(`no_fill = ${parameters.add('String', noFill)}`);
  if (lineItem !== undefined) conditions.push(`line_item = ${parameters.add('UInt32', lineItem)}`);
  return conditions.join(' AND ') || '1';
}

/** Whole days, so that no time of day has more weight than another. */
async function daysOf(
  clickhouse: ClickHouse,
  nowMs: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const rows = await clickhouse.query<{ day: number; events: number }>(
    `SELECT intDiv({nowS:UInt32} - toUnixTimestamp(period), 86400) AS day, sum(events) AS events
     FROM period_events WHERE period >= toDateTime({fromS:UInt32}, 'UTC') AND period < toDateTime({nowS:UInt32}, 'UTC')
     GROUP BY day ORDER BY day`,
    { nowS: Math.floor(nowMs / 1000), fromS: Math.floor(nowMs / 1000) - mostDays * 86_400 },
    { lane: 'reports', signal },
  );
  let events = 0;
  for (const row of rows) {
    events += Number(row.events);
    if (events >= enoughEvents) return Math.max(1, Number(row.day) + 1);
  }
  return mostDays;
}
