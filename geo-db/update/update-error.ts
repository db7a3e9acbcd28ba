/**
 * Why a download was not taken, in a sentence without keys:
 * - `unreachable`: no answer, or it broke off; what came is kept and continued.
 * - `refused`: the server does not give it (HTTP status), such as for a wrong key.
 * - `checksum`: the bytes are not those that the server's checksum was made of.
 * - `too_large`: more than the limit.
 * - `unusable`: not a location database, or a damaged one.
 * - `older`: built before the one in use.
 * - `disk`: the file cannot be read or written here.
 */
export type UpdateProblem =
  | 'unreachable'
  | 'refused'
  | 'checksum'
  | 'too_large'
  | 'unusable'
  | 'older'
  | 'disk';

export class GeoDbUpdateError extends Error {
  readonly problem: UpdateProblem;

  constructor(problem: UpdateProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GeoDbUpdateError';
    this.problem = problem;
  }
}
