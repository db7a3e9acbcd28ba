import { AppError } from '../errors.ts';
import { cameFromDatabase } from './marked-pool.ts';

/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const unavailableStates = new Set([
  // Shut down, crashed, starting, idle too long, statement timeout; too many connections; read-only standby.
  ...['57P01', '57P02', '57P03', '57P05', '57014', '53300', '53400', '25006', '25P03'],
  // Wrong user, password or database: for whoever asks the API it is the same as down; the log says which.
  ...['28000', '28P01', '3D000', '42501'],
]);
/** Serialization failure, deadlock, foreign key, unique. */
const conflictStates = new Set(['40001', '40P01', '23503', '23505']);

/**
 * What a failed query means to the one who asked: `database_unavailable`, `conflict` with a change at the same time,
 * or `invalid_input`. undefined where it is a fault of ours, or does not come from the database at all.
 */
export function databaseProblem(error: unknown): AppError | undefined {
  if (!cameFromDatabase(error) || error instanceof TypeError) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Whatever the server itself did not say is trouble on the way to it.
  const saidByServer = /^(?!E)[0-9A-Z]{5}$/.test(code);
  if (!saidByServer || code.startsWith('08') || unavailableStates.has(code)) {
    return new AppError('database_unavailable', 'The database does not answer. Try again in a while.', {
      cause: error,
    });
  }
  if (conflictStates.has(code)) {
    return new AppError('conflict', 'Something else changed the same thing at the same time. Try again.', {
      cause: error,
    });
  }
  // Data exceptions and broken checks: a value that validation ought to have refused.
  if (code.startsWith('22') || code === '23514') {
    return new AppError('invalid_input', 'A value does not fit the database.', { cause: error });
  }
  return undefined;
}
