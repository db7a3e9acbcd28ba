/**
 * Every error that leaves the process, by its stable code. `docs/errors.md` lists the same codes and a test
 * holds the two together. A retired code is never used again.
 */
export const errorCatalogue = {
  bad_request: { status: 400, title: 'The request cannot be read' },
  invalid_input: { status: 422, title: 'The input does not fit' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  second_factor_needed: { status: 401, title: 'A code of the second factor is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Nothing here' },
  unknown_zone: { status: 404, title: 'There is no such zone' },
  method_not_allowed: { status: 405, title: 'The method does not fit this address' },
  conflict: { status: 409, title: 'The change conflicts with what is stored' },
  precondition_failed: { status: 412, title: 'It was changed since it was read' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  token_invalid: { status: 400, title: 'The token is not one of ours, or was altered' },
  token_expired: { status: 410, title: 'The token has expired' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_type: { status: 415, title: 'The content type is not supported' },
  image_broken: { status: 422, title: 'The image cannot be read' },
  bundle_broken: { status: 422, title: 'The bundle cannot be read' },
  range_not_satisfiable: { status: 416, title: 'The file has no such range' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  headers_too_large: { status: 431, title: 'The request headers are too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  log_unavailable: { status: 503, title: 'The event could not be written and was not counted' },
  settings_invalid: { status: 500, title: 'The settings do not fit' },
  port_in_use: { status: 500, title: 'The port is in use' },
  backup_broken: { status: 500, title: 'The backup cannot be restored' },
  no_room: { status: 507, title: 'There is not enough room on the disk' },
  data_dir_in_use: { status: 500, title: 'Another Signpost runs on this data directory' },
  members_unavailable: { status: 503, title: 'Members cannot be reached at the moment' },
  database_unavailable: { status: 503, title: 'The database cannot be reached' },
  database_schema_mismatch: { status: 500, title: 'The database does not fit this version' },
  clickhouse_too_old: { status: 500, title: 'The ClickHouse server is too old' },
  clickhouse_unavailable: { status: 503, title: 'ClickHouse cannot be reached' },
  geo_db_unusable: { status: 500, title: 'The location database cannot be used' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** A field of the input and what is wrong with it; `path` is a JSON pointer like `/targeting/and/0`. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** The one error class of the product: a code of the catalogue, and a sentence that says what happened. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly fields: readonly FieldProblem[];

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; fields?: readonly FieldProblem[] } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = errorCatalogue[code].status;
    this.fields = options.fields ?? [];
  }
}

/** The body of an `application/problem+json` answer (RFC 9457), with our stable `code`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  errors?: readonly FieldProblem[];
}

export function problemOf(error: AppError): Problem {
  const { title, status } = errorCatalogue[error.code];
  const problem: Problem = {
    type: `urn:signpost:error:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
  };
  if (error.fields.length > 0) problem.errors = error.fields;
  return problem;
}
