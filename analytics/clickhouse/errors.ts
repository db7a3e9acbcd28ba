/**
 * What can go wrong in analytics. The server maps each code to its own catalogue.
 * - `clickhouse_too_old`: the server lacks what exactly-once needs; an operator has to act
 * - `clickhouse_unavailable`: not reachable, timed out, overloaded; the same call may succeed later
 * - `clickhouse_failed`: the engine refused the statement; the same call fails again
 * - `migration_changed`: an applied migration file is not the one that was applied
 * - `report_invalid`: the request for a report does not fit; `fields` says where
 */
export type AnalyticsErrorCode =
  | 'clickhouse_too_old'
  | 'clickhouse_unavailable'
  | 'clickhouse_failed'
  | 'migration_changed'
  | 'report_invalid';

/** A field of the input and what is wrong with it; `path` is a JSON pointer like `/dimensions/0`. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

interface AnalyticsErrorOptions {
  readonly cause?: unknown;
  readonly fields?: readonly FieldProblem[];
  readonly engineCode?: number | undefined;
}

/** The one error class of analytics. */
export class AnalyticsError extends Error {
  readonly code: AnalyticsErrorCode;
  readonly fields: readonly FieldProblem[];
  /** ClickHouse's own error number, where the engine answered with one. */
  readonly engineCode: number | undefined;

  constructor(code: AnalyticsErrorCode, detail: string, options: AnalyticsErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AnalyticsError';
    this.code = code;
    this.fields = options.fields ?? [];
    this.engineCode = options.engineCode;
  }

  /** True where the same call may succeed later without anybody doing anything. */
  get retryable(): boolean {
    return this.code === 'clickhouse_unavailable';
  }
}
