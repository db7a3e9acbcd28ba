import createClient from 'openapi-fetch';
import { errorOf } from './problem.ts';
import { fetchInSession } from './resume.ts';
import type { paths } from './schema';

/** The management API, typed by its OpenAPI document. A session that ends is taken up again before it answers. */
export const api = createClient<paths>({ baseUrl: '/api/v1', fetch: fetchInSession });

/** For signing in, where 401 is an answer like others. */
export const publicApi = createClient<paths>({ baseUrl: '/api/v1' });

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * What the API answers: `await answerOf(api.GET('/account'))`.
 * @throws ApiError
 */
export async function answerOf<T>(asked: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((): never => {
    throw errorOf(0, undefined);
  });
  if (!response.ok) throw errorOf(response.status, error);
  return data as T;
}

/** One entity, and the mark of the version that was read: a change that names it is refused over another's. */
export interface Tagged<T> {
  readonly value: T;
  readonly tag: string;
}

/** As `answerOf`, for answers with an ETag. */
export async function taggedAnswerOf<T>(asked: Promise<Answered<T>>): Promise<Tagged<T>> {
  let tag = '';
  const value = await answerOf(
    asked.then((answered) => {
      tag = answered.response.headers.get('etag') ?? '';
      return answered;
    }),
  );
  return { value, tag };
}
