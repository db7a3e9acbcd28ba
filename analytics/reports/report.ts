import type { ClickHouse } from '../clickhouse/handle.ts';

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
  /** Names of metrics. Default: all. */
  readonly metrics?: readonly string[];
  /** Values by dimension: only what has one of them is counted. */
  readonly filter?: Readonly<Record<string, readonly (string | number)[]>>;
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
 */
export type ColumnType = 'text' | 'id' | 'number' | 'day' | 'hour' | 'count' | 'ratio';

export interface ReportColumn {
  readonly name: string;
  readonly kind: 'dimension' | 'metric';
  readonly type: ColumnType;
  /** What exactly the values mean, as one or two sentences. */
  readonly definition: string;
}

export type Cell = string | number | null;

export interface Report {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly columns: readonly ReportColumn[];
  /** By time where a dimension is one, else largest first metric first; then by dimension. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Each metric over the whole range and filter. */
  readonly totals: Readonly<Record<string, Cell>>;
  /** Whether there were more rows than the limit. */
  readonly truncated: boolean;
  /** Events before this instant are in closed hours and counted for good, unless late ones arrive. ISO 8601, UTC. */
  readonly finalUntil: string;
}

export interface ReportContext {
  readonly clickhouse: ClickHouse;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/** A dimension: a column of the report and how it is made. */
export interface Dimension {
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
  readonly type: 'count' | 'ratio' | 'text';
  readonly definition: string;
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
}

/** What a report is made of, before a request comes. */
export interface ReportDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly dimensions: Readonly<Record<string, Dimension>>;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** A report ends with `clickhouse_unavailable` after this many seconds; below how long replaced rollups are kept. */
export const reportTimeoutS = 600;
