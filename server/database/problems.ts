import { AppError } from '../errors.ts';
import { cameFromDatabase, sqlState } from './marked-pool.ts';

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
  const closed = error instanceof Error && error.message === 'driver has already been destroyed';
  if (closed) return unavailable(error);
  if (!cameFromDatabase(error) || error instanceof TypeError) return undefined;
  const state = sqlState(error);
  if (state === '' || state.startsWith('08') || unavailableStates.has(state)) return unavailable(error);
  if (conflictStates.has(state)) {
    return new AppError('conflict', 'Something else changed the same thing at the same time. Try again.', {
      cause: error,
    });
  }
  // Data exceptions and broken checks: a value that validation ought to have refused.
  if (state.startsWith('22') || state === '23514') {
    return new AppError('invalid_input', 'A value does not fit the database.', { cause: error });
  }
  return undefined;
}

function unavailable(cause: Error): AppError {
  return new AppError('database_unavailable', 'The database does not answer. Try again in a while.', {
    cause,
  });
}
