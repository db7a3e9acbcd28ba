import type { components } from './schema';

export type Problem = components['schemas']['Problem'];
export type ProblemCode = Problem['code'] | 'unreachable';

/** What the API answered in place of what was asked for; `unreachable` where it answered nothing that it would say. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ProblemCode;
  readonly status: number;
  /** By JSON pointer, as the API has them. */
  readonly fields: readonly { readonly path: string; readonly message: string }[];

  constructor(code: ProblemCode, status: number, detail: string, fields: ApiError['fields'] = []) {
    super(detail);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** @param body of the answer, whatever it is */
export function errorOf(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    const { code, detail, errors = [] } = body as Problem;
    return new ApiError(code, status, detail, errors);
  }
  return new ApiError('unreachable', status, '');
}

/** For a form's `setErrors`: messages by field, where the path `/sizes/0` is the field `sizes.0`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(
    error.fields.map(({ path, message }) => [path.slice(1).replaceAll('/', '.'), message]),
  );
}
