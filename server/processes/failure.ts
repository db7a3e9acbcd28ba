import { AnalyticsError } from '../../analytics/index.ts';
import { GeoDbError } from '../../geo-db/index.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { tellSupervisor } from './messages.ts';

/** The last word of a process that cannot go on. */
export function reportFailure(error: Error): void {
  tellSupervisor({ kind: 'fatal', code: codeOf(error), detail: error.message });
  process.exitCode = 1;
  process.disconnect?.();
}

function codeOf(error: Error): ErrorCode {
  if (error instanceof AppError) return error.code;
  if (error instanceof GeoDbError) return 'geo_db_unusable';
  if (error instanceof AnalyticsError) {
    return error.code === 'clickhouse_too_old' || error.code === 'clickhouse_unavailable'
      ? error.code
      : 'internal';
  }
  return 'internal';
}
