import type { ClickHouse } from '../clickhouse/handle.ts';
import type { Parameters } from '../clickhouse/sql-text.ts';
import type { DeliveryPlan } from './plans.ts';

export const filterOperators = ['eq', 'in', 'not', 'not_in', 'prefix', 'not_prefix'] as const;
/**
 * - `eq`, `not`: is, or is not, the one value
 * - `in`, `not_in`: is one, or none, of the values
 * - `prefix`, `not_prefix`: begins with one, or with none, of the values; of texts only, upper and lower case apart
 */
export type FilterOperator = (typeof filterOperators)[number];

/** A condition on a dimension. It chooses what is counted, and never changes what a number means. */
export interface ReportFilter {
  readonly dimension: string;
  readonly operator: FilterOperator;
  readonly values: readonly (string | number)[];
}

export interface ReportSort {
  /** A dimension or metric of the request. */
  readonly column: string;
  readonly descending: boolean;
}

/** What is asked of a report. Everything is checked: it may come straight from a request. */
export interface ReportRequest {
  /** First instant counted. */
  readonly from: Date;
  /** First instant no longer counted. */
  readonly to: Date;
  /** IANA name, like `Asia/Taipei`: says where days and hours begin. */
  readonly timeZone: string;
  /** Names of dimensions, in the order of the columns. Default: none, which gives one row. */
  readonly dimensions?: readonly string[];
  /** Names of metrics. Default: those that the report's description names. */
  readonly metrics?: readonly string[];
  /** All of them have to hold. Default: none. */
  readonly filters?: readonly ReportFilter[];
  /** Default: by time where a dimension is one, else the first metric, largest first; then by dimension. */
  readonly sort?: readonly ReportSort[];
  /** Most rows returned; the totals are always over all. Default and maximum: 100,000. */
  readonly limit?: number;
}

/**
 * - `text`: may be empty, which means unknown; as a metric, examples of what was counted
 * - `id`: number of a site or zone, 0 where there is none
 * - `number`: whole number that is a name, like a browser's version
 * - `day`: `2026-11-23`
 * - `hour`: `2026-11-23T14:00+05:45`, its start in the report's time zone
 * - `count`: whole number
 * - `ratio`: 0 to 1, or null where nothing was counted to divide by
 * - `micros`: money in millionths, whole number; null where there is nothing to divide by
 * - `ms`: milliseconds, or null where nothing was counted
 * - `decimal`: any number, or null
 */
export type ColumnType =
  | 'text'
  | 'id'
  | 'number'
  | 'day'
  | 'hour'
  | 'count'
  | 'ratio'
  | 'micros'
  | 'ms'
  | 'decimal';

export interface ReportColumn {
  readonly name: string;
  /** `previous`: a metric in the period before; `change`: by how much it has changed since, 0.5 for half as much again. */
  readonly kind: 'dimension' | 'metric' | 'previous' | 'change';
  /** For people: `Page views`. */
  readonly label: string;
  readonly type: ColumnType;
  /** What exactly the values mean, as one or two sentences. */
  readonly definition: string;
  /** Of metrics: whether the rows add up to the total. */
  readonly additive?: boolean;
  /** Of dimensions: what a filter may do with it; empty: nothing. */
  readonly filters?: readonly FilterOperator[];
}

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/**
 * Where the numbers come from: `rollup` where all was summed up before, `events` where the dimensions or filters asked
 * for are together in no rollup, and the events themselves were counted. The numbers are the same, only slower to get.
 * The hours that are still open are always counted from the events.
 */
export type ReadFrom = 'rollup' | 'events';

export interface Report {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly Row[];
  /** Each metric over the whole range and filter. */
  readonly totals: Row;
  /** Whether there were more rows than the limit. */
  readonly truncated: boolean;
  /** Events before this instant are in closed hours and counted for good, unless late ones arrive. ISO 8601, UTC. */
  readonly finalUntil: string;
  readonly readFrom: ReadFrom;
  /** What has to be known to read the numbers, as sentences: what is estimated, what was folded together. */
  readonly notes: readonly string[];
}

export interface ReportContext {
  readonly clickhouse: ClickHouse;
  readonly now: Date;
  readonly signal?: AbortSignal;
  /** Fewest visitors of a cell in what advertisers get. Default: 10. */
  readonly kAnonymity?: number;
  /** Of line items with a goal and even pacing whose flight touches a range. Default: none. */
  readonly plans?: (fromMs: number, toMs: number) => Promise<readonly DeliveryPlan[]>;
}

/** A dimension: a column of the report and how it is made. */
export interface Dimension {
  /** Default: the name in words. */
  readonly label?: string;
  readonly type: ColumnType;
  readonly definition: string;
  /** SQL over the report's source. */
  readonly expression: string;
  /** SQL that orders the values in time, for days and hours. */
  readonly order?: string;
  /** Type of the values a filter may have; undefined: cannot be filtered by. */
  readonly filterType?: 'String' | 'UInt32';
}

/** A metric: a column of the report and how it is counted. */
export interface Metric {
  /** Default: the name in words. */
  readonly label?: string;
  readonly type: Exclude<ColumnType, 'id' | 'number' | 'day' | 'hour'>;
  readonly definition: string;
  /** Whether the rows add up to the total. */
  readonly additive: boolean;
  /** SQL aggregate over the report's source; `total` is an SQL condition that holds in the row of the totals. */
  readonly aggregate: (total: string) => string;
}

/** A report as described by `GET /api/v1/reports`. */
export interface ReportDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly dimensions: readonly ReportColumn[];
  readonly metrics: readonly ReportColumn[];
  /** The metrics that a request gets where it names none. */
  readonly defaultMetrics: readonly string[];
}

/** What a report is made of, before a request comes. */
export interface ReportDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly dimensions: Readonly<Record<string, Dimension>>;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Default: all. */
  readonly defaultMetrics?: readonly string[];
}

/** A report ready to be read row by row, for exports of any size. */
export interface PreparedReport {
  readonly columns: readonly ReportColumn[];
  /** SELECT whose columns have the names and order of `columns`, sorted, and limited where the request has a limit. */
  readonly sql: string;
  readonly parameters: Parameters;
  readonly finalUntil: string;
  readonly readFrom: ReadFrom;
  readonly notes: readonly string[];
}

/** A report ends with `clickhouse_unavailable` after this many seconds; below how long replaced rollups are kept. */
export const reportTimeoutS = 600;
