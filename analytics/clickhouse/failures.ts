import { ClickHouseError } from '@clickhouse/client';
import { AnalyticsError } from './errors.ts';

/**
 * Engine errors that pass by themselves: timeouts (159, 160, 209), too many queries (202), network (210), shutting
 * down (236), memory (241), read-only replica (242), disk full (243), too many parts (252), Keeper (999), and the
 * transport's own (1000, 1002).
 */
const passing = new Set([159, 160, 202, 209, 210, 236, 241, 242, 243, 252, 999, 1000, 1002]);

/**
 * Engine errors that say that the input's bytes cannot be read as rows: text (6), escapes (25), quotes (26), an
 * assertion on the input (27), the end came early (33, 131), dates (38, 41), numbers (69, 72, 321), data (117),
 * enumerations (36, 691), and no format error more specific (53, 70).
 */
const unreadable = new Set([6, 25, 26, 27, 33, 36, 38, 41, 53, 69, 70, 72, 117, 131, 321, 691]);

/**
 * Makes an `AnalyticsError` of whatever a client threw. An answer without one of ClickHouse's error numbers did not
 * come from the engine (a cut connection, a timeout, a proxy's 502) and counts as unavailable.
 */
export function engineFailure(error: unknown): AnalyticsError {
  if (error instanceof AnalyticsError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const engineCode = isEngineError(error) ? Number(error.code) : undefined;
  if (engineCode === undefined) {
    return new AnalyticsError('clickhouse_unavailable', `ClickHouse cannot be reached: ${cause.message}`, {
      cause,
    });
  }
  const code = passing.has(engineCode) ? 'clickhouse_unavailable' : 'clickhouse_failed';
  return new AnalyticsError(code, `ClickHouse answered with error ${engineCode}: ${cause.message.trim()}`, {
    cause,
    engineCode,
  });
}

/** Whether the engine refused the bytes it was given, so that sending them again cannot help. */
export function isUnreadableInput(error: unknown): boolean {
  return (
    error instanceof AnalyticsError &&
    error.code === 'clickhouse_failed' &&
    error.engineCode !== undefined &&
    unreadable.has(error.engineCode)
  );
}

/** chDB's connection throws the class of another copy of the same package, so `instanceof` alone is not enough. */
function isEngineError(error: unknown): error is { code: string } {
  if (error instanceof ClickHouseError) return true;
  if (!(error instanceof Error) || !('code' in error) || !('type' in error)) return false;
  return typeof error.code === 'string' && /^\d+$/.test(error.code);
}
